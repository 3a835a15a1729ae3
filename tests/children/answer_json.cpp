// answer_json - a server over newline-delimited JSON-RPC, as MCP has them: see CMakeLists.txt.
#include "system.hpp"

#include <array>

using child_system::stream;

namespace {

/// What stands between `before` and `after`, or nothing. Enough for messages that this program's tests write.
std::string between(const std::string& text, std::string_view before, std::string_view after) {
    const auto at = text.find(before);
    if (at == std::string::npos) {
        return {};
    }
    const auto start = at + before.size();
    return text.substr(start, text.find_first_of(after, start) - start);
}

void answer(const std::string& id, const std::string& result) {
    child_system::say(stream::out, R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":)" + result + "}\n");
}

void serve(const std::string& message) {
    const std::string id = between(message, R"("id":)", ",}");
    const std::string method = between(message, R"("method":")", "\"");
    if (id.empty()) {
        return; // a notification
    }
    if (method == "initialize") {
        answer(id,
               R"({"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"answer_json"}})");
    } else if (method == "tools/list") {
        answer(id, R"({"tools":[{"name":"echo"}]})");
    } else if (method == "tools/call") {
        answer(id, R"({"content":[{"type":"text","text":")" + between(message, R"("text":")", "\"") + R"("}]})");
    } else {
        child_system::say(stream::out, R"({"jsonrpc":"2.0","id":)" + id + R"(,"error":{"code":-32601}})" + "\n");
    }
}

} // namespace

int child_main(const std::vector<std::string>& /*args*/) {
    std::string pending;
    std::array<char, 4096> part{};
    for (;;) {
        const auto got = child_system::read(stream::in, part.data(), part.size());
        if (got.error != 0) {
            return 98;
        }
        if (got.bytes == 0) {
            return pending.empty() ? 0 : 1;
        }
        pending.append(part.data(), got.bytes);
        for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
            serve(pending.substr(0, end));
            pending.erase(0, end + 1);
        }
    }
}
