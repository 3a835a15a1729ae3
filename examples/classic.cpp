// classic.cpp - the classic first program of anonymous pipes: make one, write 12 bytes, read them, close both ends.
#include <windpipe/windpipe.hpp>

#include <array>
#include <exception>
#include <iostream>
#include <span>

using windpipe::or_throw;

int main() {
    try {
        // [classic]
        auto [reader, writer] = or_throw(windpipe::make_pipe());

        const char text[] = "Hello World"; // 12 bytes with the zero at its end
        or_throw(writer.write(std::as_bytes(std::span(text))));

        std::array<char, 12> received{};
        const auto count = or_throw(reader.read_some(std::as_writable_bytes(std::span(received))));

        writer.close();
        reader.close();
        // [/classic]
        std::cout << "read " << count << " bytes: " << received.data() << '\n';
        return 0;
    } catch (const std::exception& failed) {
        std::cerr << "classic: " << failed.what() << '\n';
        return 1;
    }
}
