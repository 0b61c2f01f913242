// The socket to Moyin's engine: lines of fields out and in, and starting the engine where none runs.
#pragma once

#include <fcitx-utils/event.h>
#include <fcitx-utils/unixfd.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace moyin {

using Fields = std::vector<std::string>;

class EngineLink {
public:
    using OnFields = std::function<void(const Fields &)>;
    using OnChange = std::function<void()>;

    /// `onFields` gets each line of the engine, `onOpened` and `onLost` the fate of the connection.
    EngineLink(fcitx::EventLoop &loop, OnFields onFields, OnChange onOpened, OnChange onLost);

    /// Connect, or start the engine and connect as soon as it listens; returns at once.
    void open();

    bool isOpen() const { return socket_.isValid(); }

    /// Send a line; nothing where no engine is connected.
    void send(const Fields &fields);

    /// Read lines until `found` is true or the time is over; returns whether it is true.
    bool wait(int milliseconds, const std::function<bool()> &found);

private:
    bool connect();
    void startEngine();
    void retryLater();
    void watch();
    bool read();
    void lose();

    fcitx::EventLoop &loop_;
    OnFields onFields_;
    OnChange onOpened_;
    OnChange onLost_;
    fcitx::UnixFD socket_;
    std::unique_ptr<fcitx::EventSourceIO> readable_;
    std::unique_ptr<fcitx::EventSourceTime> retry_;
    std::string received_;
    std::deque<uint64_t> starts_;
    int retriesLeft_ = 0;
};

} // namespace moyin
