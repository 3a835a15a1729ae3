// windpipe itself, by its plain public calls.
#include "worker/peer.hpp"

#include <windpipe/windpipe.hpp>

namespace bench {

namespace {

using windpipe::or_throw;

windpipe::command make_command(const arguments& words) {
    return {words.front(), std::vector<std::string>(words.begin() + 1, words.end())};
}

void require(const windpipe::exit_status& status) {
    if (!status.success()) {
        throw std::runtime_error("the child " + status.text());
    }
}

void spawn(const arguments& words) {
    windpipe::child child = or_throw(make_command(words).spawn());
    require(or_throw(child.wait()));
}

void batch(const arguments& words, std::size_t count) {
    std::vector<windpipe::command> commands;
    for (std::size_t i = 0; i < count; ++i) {
        commands.push_back(make_command(words));
    }
    for (windpipe::result<windpipe::child>& started : or_throw(windpipe::spawn_all(commands))) {
        require(or_throw(or_throw(std::move(started)).wait()));
    }
}

captured run(const arguments& words, std::string_view input) {
    windpipe::command what = make_command(words);
    what.err(windpipe::our_stderr);
    windpipe::run_result done = or_throw(windpipe::run(what, {.input = input}));
    require(done.status);
    return keep(std::move(done.out.head));
}

template <class Container>
captured read_to_end(const arguments& words) {
    windpipe::child child = or_throw(make_command(words).out(windpipe::piped).spawn());
    Container output;
    or_throw(child.out.read_to_end(output));
    require(or_throw(child.wait()));
    return keep(std::move(output));
}

struct writing_end {
    windpipe::pipe_writer end;
    explicit writing_end(pipe_end fd) : end(or_throw(windpipe::pipe_writer::adopt(windpipe::unique_handle(fd)))) {}
    void write(std::string_view bytes) { or_throw(end.write(bytes)); }
};

struct buffered_end {
    windpipe::buffered_writer end;
    explicit buffered_end(pipe_end fd) : end(or_throw(windpipe::pipe_writer::adopt(windpipe::unique_handle(fd)))) {}
    void write(std::string_view bytes) { or_throw(end.write(bytes)); }
};

/// Output that is looked at as it comes, and kept nowhere.
captured listen(const arguments& words) {
    captured heard;
    windpipe::command what = make_command(words);
    what.err(windpipe::our_stderr);
    const auto count = [&](windpipe::output_stream, std::span<const std::byte> piece) {
        heard.streamed += piece.size();
    };
    require(or_throw(windpipe::run(what, {.out = {.head = 0}, .on_output = count})).status);
    return heard;
}

struct reading_end {
    windpipe::pipe_reader end;
    explicit reading_end(pipe_end fd) : end(or_throw(windpipe::pipe_reader::adopt(windpipe::unique_handle(fd)))) {}
    std::size_t read_some(std::span<char> into) { return or_throw(end.read_some(std::as_writable_bytes(into))); }
};

void there_and_back(outgoing& sent, incoming& got) {
    auto [reader, writer] = or_throw(windpipe::make_pipe({.capacity = 1 << 20}));
    for (std::string_view bytes = sent.next(); !bytes.empty(); bytes = sent.next()) {
        or_throw(writer.write(bytes));
        got.took(or_throw(reader.read_some(std::as_writable_bytes(got.room()))));
    }
}

/// Fills the pages where they are sent from.
void lend(pipe_end fd, outgoing& data) {
    auto pool =
        or_throw(windpipe::page_pool::make(or_throw(windpipe::pipe_writer::adopt(windpipe::unique_handle(fd)))));
    while (const std::size_t size = data.next_size()) {
        const std::span<std::byte> room = or_throw(pool.room(size));
        or_throw(pool.send(data.fill({reinterpret_cast<char*>(room.data()), room.size()})));
    }
}

auto start_one(windpipe::loop& on, const crowd& all, const windpipe::pipe_reader& gate) {
    windpipe::command what = make_command(all.program());
    what.in(or_throw(gate.duplicate())).err(windpipe::our_stderr);
    return windpipe::async_run(on, std::move(what));
}

/// By reference: what is passed on by value in an expression that waits has a place each in the coroutine.
void take_output(windpipe::result<windpipe::run_result>&& from, captured& into) {
    windpipe::run_result done = or_throw(std::move(from));
    require(done.status);
    into = keep(std::move(done.out.head));
}

windpipe::task<> capture_one(windpipe::loop& on, const crowd& all, const windpipe::pipe_reader& gate, captured& into) {
    take_output(co_await start_one(on, all, gate), into);
}

std::vector<captured> many(crowd& all) {
    windpipe::loop events = or_throw(windpipe::loop::make());
    const auto gate = or_throw(windpipe::pipe_reader::adopt(windpipe::unique_handle(all.gate())));
    std::vector<captured> outputs(all.count());
    for (captured& into : outputs) {
        events.spawn(capture_one(events, all, gate, into));
    }
    or_throw(events.run_until(std::chrono::seconds(0))); // starts all of them
    all.all_started();
    or_throw(events.run());
    return outputs;
}

windpipe::task<> hear(windpipe::loop& on, windpipe::pipe_reader from, std::size_t number, many_pipes& all) {
    char byte = 0;
    while (or_throw(co_await on.read_some(from, std::as_writable_bytes(std::span(&byte, 1)))) > 0) {
        all.heard(number, byte);
        all.speak();
    }
}

void hear_all(many_pipes& all) {
    windpipe::loop events = or_throw(windpipe::loop::make());
    for (std::size_t i = 0; i < all.count(); ++i) {
        auto from = or_throw(windpipe::pipe_reader::adopt(windpipe::unique_handle(all.reader(i))));
        events.spawn(hear(events, std::move(from), i, all));
    }
    or_throw(events.run_until(std::chrono::seconds(0)));
    all.speak();
    or_throw(events.run());
}

std::vector<peer> make_peers() {
    const std::string version = WINDPIPE_VERSION;
    return {{.name = "windpipe",
             .version = version,
             .kind = "windpipe",
             .spawn = spawn,
             .batch = batch,
             .capture = [](const arguments& words) { return run(words, {}); },
             .feed_back = run,
             .send =
                 [](pipe_end fd, outgoing& data) {
                     writing_end end(fd);
                     send_all(end, data);
                 },
             .receive =
                 [](pipe_end fd, incoming& data) {
                     reading_end end(fd);
                     receive_all(end, data);
                 },
             .there_and_back = there_and_back,
             .relay =
                 [](pipe_end in, pipe_end out) {
                     reading_end from(in);
                     writing_end to(out);
                     or_throw(windpipe::transfer(from.end, to.end));
                 },
             .ping =
                 [](pipe_end in, pipe_end out, questions& data) {
                     reading_end from(in);
                     writing_end to(out);
                     ping_all(from, to, data);
                 },
             .echo =
                 [](pipe_end in, pipe_end out, std::size_t size) {
                     reading_end from(in);
                     writing_end to(out);
                     echo_all(from, to, size);
                 },
             .many = many,
             .listen = hear_all,
             .open = over_pipes<writing_end, reading_end>},
            {.name = "windpipe read_to_end",
             .version = version,
             .kind = "windpipe",
             .capture = read_to_end<windpipe::byte_buffer>},
            {.name = "windpipe read_to_end, std::string",
             .version = version,
             .kind = "windpipe",
             .capture = read_to_end<std::string>},
            {.name = "windpipe, on_output", .version = version, .kind = "windpipe", .capture = listen},
            {.name = "windpipe, buffered writer",
             .version = version,
             .kind = "windpipe",
             .send =
                 [](pipe_end fd, outgoing& data) {
                     buffered_end end(fd);
                     send_all(end, data);
                 }},
            {.name = "windpipe, page pool", .version = version, .kind = "windpipe", .send = lend}};
}

} // namespace

std::span<const peer> peers() {
    static const std::vector<peer> all = make_peers();
    return all;
}

} // namespace bench
