// Moyin as an input method of fcitx5: keys go to the engine's process, its answers to the window.

#include "engine_link.h"

#include <fcitx-utils/key.h>
#include <fcitx-utils/log.h>
#include <fcitx-utils/utf8.h>
#include <fcitx/action.h>
#include <fcitx/addonfactory.h>
#include <fcitx/addonmanager.h>
#include <fcitx/candidatelist.h>
#include <fcitx/event.h>
#include <fcitx/inputcontext.h>
#include <fcitx/inputcontextmanager.h>
#include <fcitx/inputmethodengine.h>
#include <fcitx/inputpanel.h>
#include <fcitx/instance.h>
#include <fcitx/statusarea.h>
#include <fcitx/surroundingtext.h>
#include <fcitx/userinterfacemanager.h>

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace moyin {

namespace {

constexpr char Version[] = "1";
constexpr int WaitMilliseconds = 400; // the engine answers within 80; a busy machine later
constexpr uint32_t ReleaseMask = 1u << 30;
constexpr size_t LeftCharacters = 400;
constexpr int CodeOffset = 8; // codes of X count from there

std::string idOf(const fcitx::InputContext *ic) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string id;
    for (uint8_t byte : ic->uuid()) {
        id += digits[byte >> 4];
        id += digits[byte & 15];
    }
    return id;
}

class Candidate : public fcitx::CandidateWord {
public:
    Candidate(EngineLink &link, int index, const std::string &text)
        : CandidateWord(fcitx::Text(text)), link_(link), index_(index) {}

    void select(fcitx::InputContext *) const override {
        link_.send({"pick", std::to_string(index_)});
    }

private:
    EngineLink &link_;
    int index_;
};

/// One page, as the engine cut it.
class Page : public fcitx::CandidateList, public fcitx::PageableCandidateList {
public:
    /// `fields` are: cursor, whether a page lies before, behind, whether vertical, candidates.
    Page(EngineLink &link, const Fields &fields)
        : link_(link), cursor_(std::stoi(fields[0])), before_(fields[1] == "1"),
          behind_(fields[2] == "1"), vertical_(fields[3] == "1") {
        setPageable(this);
        for (size_t i = 4; i < fields.size(); i++) {
            const int index = static_cast<int>(i) - 4;
            labels_.emplace_back(std::to_string(index + 1) + ". ");
            words_.push_back(std::make_unique<Candidate>(link, index, fields[i]));
        }
    }

    const fcitx::Text &label(int index) const override { return labels_.at(index); }
    const fcitx::CandidateWord &candidate(int index) const override { return *words_.at(index); }
    int size() const override { return static_cast<int>(words_.size()); }
    int cursorIndex() const override { return cursor_; }
    fcitx::CandidateLayoutHint layoutHint() const override {
        return vertical_ ? fcitx::CandidateLayoutHint::Vertical
                         : fcitx::CandidateLayoutHint::Horizontal;
    }
    bool hasPrev() const override { return before_; }
    bool hasNext() const override { return behind_; }
    void prev() override { link_.send({"turn", "-1"}); }
    void next() override { link_.send({"turn", "1"}); }
    bool usedNextBefore() const override { return before_; }

private:
    EngineLink &link_;
    int cursor_;
    bool before_, behind_, vertical_;
    std::vector<fcitx::Text> labels_;
    std::vector<std::unique_ptr<Candidate>> words_;
};

} // namespace

class Engine : public fcitx::InputMethodEngineV2 {
public:
    explicit Engine(fcitx::Instance *instance)
        : instance_(instance),
          link_(instance->eventLoop(), [this](const Fields &fields) { handleSafely(fields); },
                [this] { opened(); }, [this] { lost(); }) {
        destroyed_ = instance_->watchEvent(
            fcitx::EventType::InputContextDestroyed, fcitx::EventWatcherPhase::Default,
            [this](fcitx::Event &event) {
                auto *ic = static_cast<fcitx::InputContextEvent &>(event).inputContext();
                if (ic == focused_) {
                    focused_ = nullptr;
                }
                link_.send({"gone", idOf(ic)});
            });
        surroundings_ = instance_->watchEvent(
            fcitx::EventType::InputContextSurroundingTextUpdated,
            fcitx::EventWatcherPhase::Default, [this](fcitx::Event &event) {
                auto *ic = static_cast<fcitx::InputContextEvent &>(event).inputContext();
                if (ic == focused_) {
                    tellLeft(ic);
                }
            });
        capabilities_ = instance_->watchEvent(
            fcitx::EventType::InputContextCapabilityChanged, fcitx::EventWatcherPhase::Default,
            [this](fcitx::Event &event) {
                auto *ic = static_cast<fcitx::InputContextEvent &>(event).inputContext();
                if (ic == focused_) {
                    tellField(ic);
                }
            });
        link_.open();
    }

    void activate(const fcitx::InputMethodEntry &, fcitx::InputContextEvent &event) override {
        focused_ = event.inputContext();
        link_.open();
        tellFocus();
        for (auto &[key, badge] : badges_) {
            focused_->statusArea().addAction(fcitx::StatusGroup::InputMethod, badge.get());
        }
    }

    void deactivate(const fcitx::InputMethodEntry &, fcitx::InputContextEvent &event) override {
        auto *ic = event.inputContext();
        if (ic != focused_) {
            return;
        }
        // Where the keyboard leaves, fcitx5 itself commits what the window shows.
        const bool committed = event.type() == fcitx::EventType::InputContextFocusOut &&
                               !ic->inputPanel().clientPreedit().empty();
        if (committed) {
            clear(ic);
        } else {
            keepLetters(ic);
        }
        link_.send({"leave", idOf(ic)});
        focused_ = nullptr;
    }

    void reset(const fcitx::InputMethodEntry &, fcitx::InputContextEvent &event) override {
        auto *ic = event.inputContext();
        if (ic == focused_) {
            clear(ic);
            link_.send({"reset", idOf(ic)});
        }
    }

    void keyEvent(const fcitx::InputMethodEntry &, fcitx::KeyEvent &event) override {
        if (!link_.isOpen() || event.inputContext() != focused_) {
            return;
        }
        const fcitx::Key &key = event.rawKey();
        const std::string serial = std::to_string(++serial_);
        uint32_t mask = key.states() & ~ReleaseMask;
        if (event.isRelease()) {
            mask |= ReleaseMask;
        } else {
            waiting_[serial_] = key;
        }
        link_.send({"key", serial, idOf(focused_), std::to_string(key.sym()),
                    std::to_string(std::max(0, key.code() - CodeOffset)), std::to_string(mask)});
        if (event.isRelease()) {
            return;
        }
        const int mine = serial_;
        const bool answered =
            link_.wait(WaitMilliseconds, [this, mine] { return !waiting_.count(mine); });
        if (!answered) {
            late_[mine] = waiting_[mine];
            waiting_.erase(mine);
            event.filterAndAccept();
        } else if (taken_) {
            event.filterAndAccept();
        }
    }

    std::string subModeLabelImpl(const fcitx::InputMethodEntry &, fcitx::InputContext &) override {
        return symbol_;
    }

private:
    // --- to the engine ----------------------------------------------------------------------

    void opened() {
        link_.send({"hello", Version});
        tellFocus();
    }

    void tellFocus() {
        if (focused_) {
            link_.send({"focus", idOf(focused_), focused_->program()});
            tellField(focused_);
            tellLeft(focused_);
        }
    }

    void tellField(fcitx::InputContext *ic) {
        using fcitx::CapabilityFlag;
        const auto flags = ic->capabilityFlags();
        const bool secret = flags.testAny(CapabilityFlag::PasswordOrSensitive);
        const fcitx::CapabilityFlags english{CapabilityFlag::Email, CapabilityFlag::Digit,
                                             CapabilityFlag::Url, CapabilityFlag::Dialable,
                                             CapabilityFlag::Number};
        link_.send({"field", idOf(ic), secret ? "secret" : flags.testAny(english) ? "english" : "text",
                    flags.test(CapabilityFlag::SurroundingText) ? "1" : "0"});
    }

    void tellLeft(fcitx::InputContext *ic) {
        const auto &around = ic->surroundingText();
        const bool secret = ic->capabilityFlags().testAny(fcitx::CapabilityFlag::PasswordOrSensitive);
        if (secret || !ic->capabilityFlags().test(fcitx::CapabilityFlag::SurroundingText) ||
            !around.isValid() || !fcitx::utf8::validate(around.text())) {
            return;
        }
        const std::string &text = around.text();
        const size_t length = fcitx::utf8::length(text);
        const size_t end = std::min<size_t>({around.cursor(), around.anchor(), length});
        const size_t begin = end > LeftCharacters ? end - LeftCharacters : 0;
        const auto from = fcitx::utf8::ncharByteLength(text.begin(), begin);
        const auto to = fcitx::utf8::ncharByteLength(text.begin(), end);
        link_.send({"left", idOf(ic), text.substr(from, to - from)});
    }

    // --- from the engine --------------------------------------------------------------------

    /// A line that is malformed must not end fcitx5, which serves others, too.
    void handleSafely(const Fields &fields) {
        try {
            handle(fields);
        } catch (const std::logic_error &) {
            FCITX_ERROR() << "Moyin's engine sent a line that means nothing: " << fields[0];
        }
    }

    void handle(const Fields &fields) {
        const std::string &what = fields[0];
        if (what == "answer" && fields.size() == 3) {
            answer(std::stoi(fields[1]), fields[2] == "1");
            return;
        }
        auto *ic = focused_;
        if (!ic || fields.size() < 3 || fields[1] != idOf(ic)) {
            return; // of a window that has lost the keyboard meanwhile
        }
        if (what == "commit") {
            ic->commitString(fields[2]);
        } else if (what == "preedit" && fields.size() == 4) {
            showPreedit(ic, std::stoul(fields[2]), fields[3]);
        } else if (what == "auxiliary") {
            ic->inputPanel().setAuxUp(fcitx::Text(fields[2]));
            ic->updateUserInterface(fcitx::UserInterfaceComponent::InputPanel);
        } else if (what == "table" && fields.size() >= 6) {
            std::unique_ptr<Page> page;
            if (fields.size() > 6) {
                page = std::make_unique<Page>(link_, Fields(fields.begin() + 2, fields.end()));
            }
            ic->inputPanel().setCandidateList(std::move(page));
            ic->updateUserInterface(fcitx::UserInterfaceComponent::InputPanel);
        } else if (what == "delete") {
            const int count = std::stoi(fields[2]);
            ic->deleteSurroundingText(-count, static_cast<unsigned>(count));
        } else if (what == "key" && fields.size() == 5) {
            const auto mask = static_cast<uint32_t>(std::stoul(fields[4]));
            forward(ic, std::stoul(fields[2]), std::stoi(fields[3]), mask);
        } else if (what == "badge" && fields.size() == 6) {
            showBadge(ic, fields);
        }
    }

    void answer(int serial, bool taken) {
        if (auto found = late_.find(serial); found != late_.end()) {
            if (!taken && focused_) {
                press(focused_, found->second);
            }
            late_.erase(found);
        } else if (waiting_.erase(serial)) {
            taken_ = taken;
        }
    }

    static void press(fcitx::InputContext *ic, const fcitx::Key &key) {
        ic->forwardKey(key, false);
        ic->forwardKey(key, true);
    }

    static void forward(fcitx::InputContext *ic, unsigned long symbol, int code, uint32_t mask) {
        const fcitx::Key key(static_cast<fcitx::KeySym>(symbol),
                             fcitx::KeyStates(mask & ~ReleaseMask), code + CodeOffset);
        ic->forwardKey(key, (mask & ReleaseMask) != 0);
    }

    void showPreedit(fcitx::InputContext *ic, size_t caret, const std::string &text) {
        preedit_ = text;
        fcitx::Text shown(text, fcitx::TextFormatFlag::Underline);
        const size_t length = fcitx::utf8::length(text);
        shown.setCursor(static_cast<int>(
            fcitx::utf8::ncharByteLength(text.begin(), std::min(caret, length))));
        if (ic->capabilityFlags().test(fcitx::CapabilityFlag::Preedit)) {
            ic->inputPanel().setClientPreedit(shown);
        } else {
            ic->inputPanel().setPreedit(shown);
        }
        ic->updatePreedit();
        ic->updateUserInterface(fcitx::UserInterfaceComponent::InputPanel);
    }

    void showBadge(fcitx::InputContext *ic, const Fields &fields) {
        const std::string &key = fields[2];
        if (key == "InputMode" && symbol_ != fields[4]) {
            symbol_ = fields[4];
            ic->updateUserInterface(fcitx::UserInterfaceComponent::StatusArea);
        }
        auto &badge = badges_[key];
        if (!badge) {
            badge = std::make_unique<fcitx::SimpleAction>();
            badge->connect<fcitx::SimpleAction::Activated>(
                [this, key](fcitx::InputContext *) { link_.send({"activate", key}); });
            instance_->userInterfaceManager().registerAction("moyin-" + key, badge.get());
            ic->statusArea().addAction(fcitx::StatusGroup::InputMethod, badge.get());
        }
        const std::string mark = fields[5] == "1" ? "✓ " : "";
        badge->setShortText(mark + fields[3]);
        badge->update(ic);
    }

    // --- where the keyboard or the engine leaves --------------------------------------------

    /// What is composed becomes text, as it was shown.
    void keepLetters(fcitx::InputContext *ic) {
        if (!preedit_.empty()) {
            ic->commitString(preedit_);
        }
        clear(ic);
    }

    void clear(fcitx::InputContext *ic) {
        preedit_.clear();
        late_.clear();
        ic->inputPanel().reset();
        ic->updatePreedit();
        ic->updateUserInterface(fcitx::UserInterfaceComponent::InputPanel);
    }

    void lost() {
        waiting_.clear();
        taken_ = false; // a key that was on its way is the window's
        if (focused_) {
            const auto late = late_;
            keepLetters(focused_);
            for (const auto &[serial, key] : late) {
                press(focused_, key);
            }
        }
    }

    fcitx::Instance *instance_;
    EngineLink link_;
    fcitx::InputContext *focused_ = nullptr;
    std::string preedit_;
    std::string symbol_ = "中";
    std::map<std::string, std::unique_ptr<fcitx::SimpleAction>> badges_;
    std::map<int, fcitx::Key> waiting_; // keys whose answer is awaited
    std::map<int, fcitx::Key> late_;    // keys that were taken because no answer came in time
    int serial_ = 0;
    bool taken_ = false;
    std::unique_ptr<fcitx::HandlerTableEntry<fcitx::EventHandler>> destroyed_, surroundings_,
        capabilities_;
};

class Factory : public fcitx::AddonFactory {
    fcitx::AddonInstance *create(fcitx::AddonManager *manager) override {
        return new Engine(manager->instance());
    }
};

} // namespace moyin

FCITX_ADDON_FACTORY(moyin::Factory)
