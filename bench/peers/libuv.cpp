// libuv: uv_spawn with UV_CREATE_PIPE and one loop, as its guide shows.
#include "worker/peer.hpp"

#include <uv.h>

#include <stdexcept>

namespace bench {

namespace {

void check(int code, const char* what) {
    if (code < 0) {
        throw std::runtime_error(std::string(what) + ": " + uv_strerror(code));
    }
}

class loop {
public:
    loop() { check(uv_loop_init(&loop_), "uv_loop_init"); }
    ~loop() { uv_loop_close(&loop_); }
    loop(const loop&) = delete;
    loop& operator=(const loop&) = delete;
    uv_loop_t* get() { return &loop_; }
    void run() { uv_run(&loop_, UV_RUN_DEFAULT); }

private:
    uv_loop_t loop_{};
};

/// One child and its pipes.
struct running {
    uv_process_t process{};
    uv_pipe_t in{};
    uv_pipe_t out{};
    uv_write_t writing{};
    std::string output;
    std::vector<char> buffer = std::vector<char>(64 * 1024); // what libuv suggests for a read
    std::int64_t status = -1;
};

void close_handle(void* handle) { uv_close(static_cast<uv_handle_t*>(handle), nullptr); }

void on_exit(uv_process_t* process, std::int64_t status, int signal) {
    static_cast<running*>(process->data)->status = signal == 0 ? status : -1;
    close_handle(process);
}

void lend_buffer(uv_handle_t* handle, std::size_t, uv_buf_t* lent) {
    auto& buffer = static_cast<running*>(handle->data)->buffer;
    *lent = uv_buf_init(buffer.data(), static_cast<unsigned>(buffer.size()));
}

void append_output(uv_stream_t* stream, ssize_t count, const uv_buf_t* from) {
    if (count > 0) {
        static_cast<running*>(stream->data)->output.append(from->base, static_cast<std::size_t>(count));
    } else if (count < 0) {
        close_handle(stream);
    }
}

/// One of many children; all are read to one buffer, which libuv asks for and gives back in turn.
struct member {
    uv_process_t process{};
    uv_pipe_t out{};
    std::string output;
    std::int64_t status = -1;
};

std::vector<captured> many(crowd& all) {
    loop events;
    std::vector<char*> argv;
    for (const std::string& word : all.program()) {
        argv.push_back(const_cast<char*>(word.c_str()));
    }
    argv.push_back(nullptr);
    std::vector<member> members(all.count());
    for (member& each : members) {
        uv_stdio_container_t streams[3]{};
        streams[0].flags = streams[2].flags = UV_INHERIT_FD;
        streams[2].data.fd = 2;
        uv_pipe_init(events.get(), &each.out, 0);
        streams[1].flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_WRITABLE_PIPE);
        streams[1].data.stream = reinterpret_cast<uv_stream_t*>(&each.out);
        each.process.data = each.out.data = &each;
        uv_process_options_t options{};
        options.file = argv[0];
        options.args = argv.data();
        options.exit_cb = [](uv_process_t* process, std::int64_t status, int signal) {
            static_cast<member*>(process->data)->status = signal == 0 ? status : -1;
            close_handle(process);
        };
        options.stdio_count = 3;
        options.stdio = streams;
        check(uv_spawn(events.get(), &each.process, &options), "uv_spawn");
        const auto lend = [](uv_handle_t*, std::size_t, uv_buf_t* lent) {
            static char buffer[64 * 1024];
            *lent = uv_buf_init(buffer, sizeof(buffer));
        };
        const auto take = [](uv_stream_t* stream, ssize_t count, const uv_buf_t* from) {
            if (count > 0) {
                static_cast<member*>(stream->data)->output.append(from->base, static_cast<std::size_t>(count));
            } else if (count < 0) {
                close_handle(stream);
            }
        };
        check(uv_read_start(reinterpret_cast<uv_stream_t*>(&each.out), lend, take), "uv_read_start");
    }
    all.all_started();
    events.run();
    std::vector<captured> outputs;
    for (member& each : members) {
        if (each.status != 0) {
            throw std::runtime_error("a child failed");
        }
        outputs.push_back(keep(std::move(each.output)));
    }
    return outputs;
}

void listen(many_pipes& all) {
    struct ear {
        uv_pipe_t pipe{};
        std::size_t number = 0;
        many_pipes* all = nullptr;
        char byte = 0;
    };
    loop events;
    std::vector<ear> ears(all.count());
    for (std::size_t i = 0; i < ears.size(); ++i) {
        ear& each = ears[i];
        each.number = i;
        each.all = &all;
        uv_pipe_init(events.get(), &each.pipe, 0);
        each.pipe.data = &each;
        check(uv_pipe_open(&each.pipe, all.reader(i)), "uv_pipe_open");
        const auto lend = [](uv_handle_t* handle, std::size_t, uv_buf_t* lent) {
            *lent = uv_buf_init(&static_cast<ear*>(handle->data)->byte, 1);
        };
        const auto take = [](uv_stream_t* stream, ssize_t count, const uv_buf_t*) {
            auto& mine = *static_cast<ear*>(stream->data);
            if (count > 0) {
                mine.all->heard(mine.number, mine.byte);
                mine.all->speak();
            } else if (count < 0) {
                close_handle(stream);
            }
        };
        check(uv_read_start(reinterpret_cast<uv_stream_t*>(&each.pipe), lend, take), "uv_read_start");
    }
    all.speak();
    events.run();
}

void execute(const arguments& words, running& child, bool keep_output, const std::string_view* input) {
    loop events;
    std::vector<char*> argv;
    for (const std::string& word : words) {
        argv.push_back(const_cast<char*>(word.c_str()));
    }
    argv.push_back(nullptr);
    uv_stdio_container_t streams[3];
    for (int number = 0; number < 3; ++number) {
        streams[number].flags = UV_INHERIT_FD;
        streams[number].data.fd = number;
    }
    child.process.data = child.in.data = child.out.data = &child;
    if (input != nullptr) {
        uv_pipe_init(events.get(), &child.in, 0);
        streams[0].flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_READABLE_PIPE);
        streams[0].data.stream = reinterpret_cast<uv_stream_t*>(&child.in);
    }
    if (keep_output) {
        uv_pipe_init(events.get(), &child.out, 0);
        streams[1].flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_WRITABLE_PIPE);
        streams[1].data.stream = reinterpret_cast<uv_stream_t*>(&child.out);
    }
    uv_process_options_t options{};
    options.file = argv[0];
    options.args = argv.data();
    options.exit_cb = on_exit;
    options.stdio_count = 3;
    options.stdio = streams;
    check(uv_spawn(events.get(), &child.process, &options), "uv_spawn");
    if (keep_output) {
        check(uv_read_start(reinterpret_cast<uv_stream_t*>(&child.out), lend_buffer, append_output), "uv_read_start");
    }
    if (input != nullptr) {
        // libuv takes lengths of 32 bits; the inputs here are smaller.
        uv_buf_t all = uv_buf_init(const_cast<char*>(input->data()), static_cast<unsigned>(input->size()));
        check(uv_write(&child.writing, reinterpret_cast<uv_stream_t*>(&child.in), &all, 1,
                       [](uv_write_t* request, int) { close_handle(request->handle); }),
              "uv_write");
    }
    events.run();
    if (child.status != 0) {
        throw std::runtime_error("the child failed");
    }
}

/// An adopted pipe end and what its callbacks work on.
struct stream {
    loop events;
    uv_pipe_t pipe{};
    uv_write_t writing{};
    outgoing* out = nullptr;
    incoming* in = nullptr;

    explicit stream(int fd) {
        uv_pipe_init(events.get(), &pipe, 0);
        pipe.data = this;
        check(uv_pipe_open(&pipe, fd), "uv_pipe_open");
    }
    uv_stream_t* base() { return reinterpret_cast<uv_stream_t*>(&pipe); }
};

void write_next(stream& self) {
    for (std::string_view piece = self.out->next(); !piece.empty(); piece = self.out->next()) {
        uv_buf_t rest = uv_buf_init(const_cast<char*>(piece.data()), static_cast<unsigned>(piece.size()));
        const int written = uv_try_write(self.base(), &rest, 1); // no allocation, no request, while the pipe has room
        if (written == static_cast<int>(piece.size())) {
            continue;
        }
        if (written > 0) {
            rest = uv_buf_init(rest.base + written, static_cast<unsigned>(rest.len) - static_cast<unsigned>(written));
        } else if (written != UV_EAGAIN) {
            check(written, "uv_try_write");
        }
        self.writing.data = &self;
        check(uv_write(&self.writing, self.base(), &rest, 1,
                       [](uv_write_t* request, int) { write_next(*static_cast<stream*>(request->data)); }),
              "uv_write");
        return;
    }
    close_handle(&self.pipe);
}

void send(int fd, outgoing& data) {
    stream self(fd);
    self.out = &data;
    write_next(self);
    self.events.run();
}

void receive(int fd, incoming& data) {
    stream self(fd);
    self.in = &data;
    const auto lend = [](uv_handle_t* handle, std::size_t, uv_buf_t* lent) {
        const std::span<char> room = static_cast<stream*>(handle->data)->in->room();
        *lent = uv_buf_init(room.data(), static_cast<unsigned>(room.size()));
    };
    const auto take = [](uv_stream_t* handle, ssize_t count, const uv_buf_t*) {
        incoming& got = *static_cast<stream*>(handle->data)->in;
        if (count > 0) {
            got.took(static_cast<std::size_t>(count));
        }
        if (count < 0 || got.complete()) {
            close_handle(handle);
        }
    };
    check(uv_read_start(self.base(), lend, take), "uv_read_start");
    self.events.run();
}

/// Both directions in one loop; `arrived` handles each full message.
struct conversation {
    loop events;
    uv_pipe_t in{};
    uv_pipe_t out{};
    std::vector<char> message;
    std::size_t filled = 0;
    questions* asked = nullptr;
};

void say(conversation& self, std::string_view bytes) {
    uv_buf_t all = uv_buf_init(const_cast<char*>(bytes.data()), static_cast<unsigned>(bytes.size()));
    const int written = uv_try_write(reinterpret_cast<uv_stream_t*>(&self.out), &all, 1);
    if (written != static_cast<int>(bytes.size())) {
        throw std::runtime_error("a short message did not fit into an empty pipe");
    }
}

void stop(conversation& self) {
    close_handle(&self.in);
    close_handle(&self.out);
}

void message_arrived(conversation& self) {
    if (self.asked == nullptr) {
        say(self, {self.message.data(), self.message.size()});
        return;
    }
    std::copy(self.message.begin(), self.message.end(), self.asked->room().begin());
    self.asked->answered();
    const std::string_view next = self.asked->next();
    next.empty() ? stop(self) : say(self, next);
}

void converse(int in, int out, std::size_t size, questions* asked) {
    conversation self;
    self.message.resize(size);
    self.asked = asked;
    uv_pipe_init(self.events.get(), &self.in, 0);
    uv_pipe_init(self.events.get(), &self.out, 0);
    self.in.data = &self;
    check(uv_pipe_open(&self.in, in), "uv_pipe_open");
    check(uv_pipe_open(&self.out, out), "uv_pipe_open");
    const auto lend = [](uv_handle_t* handle, std::size_t, uv_buf_t* lent) {
        auto& talk = *static_cast<conversation*>(handle->data);
        *lent =
            uv_buf_init(talk.message.data() + talk.filled, static_cast<unsigned>(talk.message.size() - talk.filled));
    };
    const auto take = [](uv_stream_t* handle, ssize_t count, const uv_buf_t*) {
        auto& talk = *static_cast<conversation*>(handle->data);
        if (count < 0) {
            stop(talk);
            return;
        }
        talk.filled += static_cast<std::size_t>(count);
        if (talk.filled == talk.message.size()) {
            talk.filled = 0;
            message_arrived(talk);
        }
    };
    check(uv_read_start(reinterpret_cast<uv_stream_t*>(&self.in), lend, take), "uv_read_start");
    if (asked != nullptr) {
        say(self, asked->next());
    }
    self.events.run();
}

} // namespace

std::span<const peer> peers() {
    static const peer all[] = {{
        .name = "libuv",
        .version = uv_version_string(),
        .kind = "peer",
        .spawn =
            [](const arguments& words) {
                running child;
                execute(words, child, false, nullptr);
            },
        .capture =
            [](const arguments& words) {
                running child;
                execute(words, child, true, nullptr);
                return keep(std::move(child.output));
            },
        .feed_back =
            [](const arguments& words, std::string_view input) {
                running child;
                execute(words, child, true, &input);
                return keep(std::move(child.output));
            },
        .send = send,
        .receive = receive,
        .ping = [](int in, int out, questions& data) { converse(in, out, data.room().size(), &data); },
        .echo = [](int in, int out, std::size_t size) { converse(in, out, size, nullptr); },
        .many = many,
        .listen = listen,
    }};
    return all;
}

} // namespace bench
