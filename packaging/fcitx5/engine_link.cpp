#include "engine_link.h"

#include <fcitx-utils/log.h>
#include <fcitx-utils/misc.h>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace moyin {

namespace {

constexpr uint64_t RetryMicroseconds = 100'000;
constexpr int Retries = 100; // a start takes a second; on a busy machine ten
constexpr size_t MostStarts = 5; // an engine that ends more often than that is broken
constexpr uint64_t WithinMicroseconds = 60'000'000;

uint64_t now() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000 + time.tv_nsec / 1000;
}

std::string socketPath() {
    const char *runtime = std::getenv("XDG_RUNTIME_DIR");
    return runtime && *runtime ? std::string(runtime) + "/moyin-fcitx.sock" : std::string();
}

std::string lineOf(const Fields &fields) {
    std::string line;
    for (const auto &field : fields) {
        if (!line.empty()) {
            line += '\t';
        }
        for (char c : field) {
            switch (c) {
            case '\\': line += "\\\\"; break;
            case '\t': line += "\\t"; break;
            case '\n': line += "\\n"; break;
            default: line += c;
            }
        }
    }
    return line + '\n';
}

Fields fieldsOf(const std::string &line) {
    Fields fields(1);
    for (size_t i = 0; i < line.size(); i++) {
        if (line[i] == '\t') {
            fields.emplace_back();
        } else if (line[i] == '\\' && i + 1 < line.size()) {
            const char escaped = line[++i];
            fields.back() += escaped == 't' ? '\t' : escaped == 'n' ? '\n' : escaped;
        } else {
            fields.back() += line[i];
        }
    }
    return fields;
}

} // namespace

EngineLink::EngineLink(fcitx::EventLoop &loop, OnFields onFields, OnChange onOpened,
                       OnChange onLost)
    : loop_(loop), onFields_(std::move(onFields)), onOpened_(std::move(onOpened)),
      onLost_(std::move(onLost)) {}

void EngineLink::open() {
    if (isOpen() || retry_) {
        return;
    }
    if (!connect()) {
        startEngine();
    }
}

bool EngineLink::connect() {
    const std::string path = socketPath();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof(address.sun_path)) {
        return false;
    }
    std::memcpy(address.sun_path, path.c_str(), path.size());
    fcitx::UnixFD socket =
        fcitx::UnixFD::own(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect(socket.fd(), reinterpret_cast<sockaddr *>(&address), sizeof(address)) != 0) {
        return false;
    }
    socket_ = std::move(socket);
    received_.clear();
    watch();
    onOpened_();
    return true;
}

void EngineLink::startEngine() {
    const uint64_t at = now();
    if (starts_.size() == MostStarts && at - starts_.front() < WithinMicroseconds) {
        FCITX_ERROR() << "The engine of Moyin ends again and again; `moyin doctor` says why.";
        return;
    }
    starts_.push_back(at);
    if (starts_.size() > MostStarts) {
        starts_.pop_front();
    }
    const char *command = std::getenv("MOYIN_COMMAND");
    fcitx::startProcess({command && *command ? command : MOYIN_COMMAND, "fcitx", "serve"});
    retriesLeft_ = Retries;
    retryLater();
}

void EngineLink::retryLater() {
    retry_ = loop_.addTimeEvent(CLOCK_MONOTONIC, now() + RetryMicroseconds, 0,
                                [this](fcitx::EventSourceTime *, uint64_t) {
                                    retry_.reset();
                                    if (!connect() && --retriesLeft_ > 0) {
                                        retryLater();
                                    }
                                    return true;
                                });
}

void EngineLink::watch() {
    readable_ = loop_.addIOEvent(socket_.fd(), fcitx::IOEventFlag::In,
                                 [this](fcitx::EventSourceIO *, int, fcitx::IOEventFlags) {
                                     if (!read()) {
                                         lose();
                                     }
                                     return true;
                                 });
}

void EngineLink::send(const Fields &fields) {
    if (!isOpen()) {
        return;
    }
    const std::string line = lineOf(fields);
    const auto sent = ::send(socket_.fd(), line.data(), line.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(line.size())) {
        lose(); // an engine that reads nothing is stuck
    }
}

bool EngineLink::wait(int milliseconds, const std::function<bool()> &found) {
    const uint64_t over = now() + static_cast<uint64_t>(milliseconds) * 1000;
    while (isOpen() && !found()) {
        const uint64_t at = now();
        if (at >= over) {
            break;
        }
        pollfd entry{socket_.fd(), POLLIN, 0};
        const int ready = ::poll(&entry, 1, static_cast<int>((over - at + 999) / 1000));
        if (ready > 0 && !read()) {
            lose();
        }
    }
    return found();
}

/// False where the engine has ended.
bool EngineLink::read() {
    char buffer[16384];
    const auto count = ::recv(socket_.fd(), buffer, sizeof(buffer), 0);
    if (count < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    if (count == 0) {
        return false;
    }
    received_.append(buffer, static_cast<size_t>(count));
    size_t end = 0;
    while ((end = received_.find('\n')) != std::string::npos) {
        const std::string line = received_.substr(0, end);
        received_.erase(0, end + 1);
        onFields_(fieldsOf(line));
    }
    return true;
}

void EngineLink::lose() {
    readable_.reset();
    socket_.reset();
    onLost_();
    open();
}

} // namespace moyin
