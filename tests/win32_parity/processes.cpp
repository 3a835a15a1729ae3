// Section 7: processes and inheritance.
#include "child.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

using namespace parity;

/// What a child with these arguments prints.
std::string output_of(const std::string& arguments, how_to_start how = {}) {
    ends pipe(0, TRUE);
    const owned null(CreateFileA("NUL", GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, 0, nullptr));
    how.streams = {nullptr, pipe.write, pipe.write};
    started child = start(arguments, how);
    pipe.close_write();
    std::string all;
    for (std::string some; read_from(pipe.read, some, 4096).ok != FALSE;) {
        all += some;
    }
    EXPECT_EQ(child.code(), 0U);
    return all;
}

TEST(win32_rows, row_7_1_only_inheritable_handles_are_inherited_and_only_where_it_is_asked_for) {
    const ends pipe;
    const owned given = duplicate(pipe.write, 0, TRUE);
    const std::string question = "open " + number(pipe.write) + " " + number(given);
    EXPECT_EQ(start(question).code(), 2U);
    EXPECT_EQ(start(question, {.inherits = FALSE}).code(), 0U);
}

TEST(win32_rows, row_7_2_a_handle_has_the_same_value_and_rights_in_the_child) {
    const ends pipe(0, TRUE);
    EXPECT_EQ(start("write " + number(pipe.write) + " hello").code(), 5U);
    EXPECT_EQ(read_from(pipe.read, 100), done(5));
    EXPECT_EQ(start("write " + number(pipe.read) + " hello").code(), 1000U + ERROR_ACCESS_DENIED);
}

TEST(win32_rows, row_7_3_a_value_that_was_not_inherited_is_no_handle) {
    const ends pipe;
    EXPECT_EQ(start("write " + number(pipe.write) + " x").code(), 1000U + ERROR_INVALID_HANDLE);
}

TEST(win32_rows, row_7_4_a_list_limits_what_is_inherited) {
    const ends pipe(0, TRUE);
    handle_list list({pipe.write});
    EXPECT_EQ(start("open " + number(pipe.read) + " " + number(pipe.write), {.list = &list}).code(), 2U);
}

TEST(win32_rows, row_7_5_a_list_holds_only_inheritable_handles) {
    const ends pipe;
    handle_list list({pipe.write});
    started child = start_line("\"" + child_program() + "\" exit 0", {.list = &list});
    EXPECT_TRUE(is(child.ok, FALSE, "7.5", TRUE));
    EXPECT_TRUE(child.ok != FALSE || child.error == ERROR_INVALID_PARAMETER) << child.error;
}

TEST(win32_rows, row_7_6_a_list_needs_inheritance) {
    const ends pipe(0, TRUE);
    handle_list list({pipe.write});
    started child = start_line("\"" + child_program() + "\" exit 0", {.inherits = FALSE, .list = &list});
    EXPECT_TRUE(is(child.ok, FALSE, "7.6", TRUE));
    EXPECT_TRUE(child.ok != FALSE || child.error == ERROR_INVALID_PARAMETER) << child.error;
}

TEST(win32_rows, row_7_7_a_list_has_whole_handles_and_is_given_once) {
    const ends pipe(0, TRUE);
    HANDLE handles[] = {pipe.read, pipe.write};
    alignas(void*) char memory[256];
    SIZE_T size = sizeof memory;
    auto* const list = reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory);
    EXPECT_NE(InitializeProcThreadAttributeList(list, 2, 0, &size), FALSE);
    const auto add = [&](SIZE_T bytes) {
        return of([&] {
            return UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles, bytes, nullptr,
                                             nullptr);
        });
    };
    EXPECT_EQ(add(sizeof handles - 1), failed(ERROR_BAD_LENGTH));
    EXPECT_EQ(add(sizeof handles), done(0));
    EXPECT_EQ(add(sizeof handles), failed(698)); // ERROR_OBJECT_NAME_EXISTS
    DeleteProcThreadAttributeList(list);
}

/// What is read from a pipe when a child with it as its output has ended.
outcome read_what_is_said(ends& out, const how_to_start& how) {
    start("streams", how).code();
    out.close_write();
    return read_from(out.read, 3);
}

TEST(win32_rows, row_7_8_standard_handles_must_be_in_the_list_too) {
    const ends other(0, TRUE);
    handle_list list({other.write});
    ends out(0, TRUE);
    EXPECT_TRUE(is(read_what_is_said(out, {.streams = {nullptr, out.write, nullptr}, .list = &list}),
                   failed(ERROR_BROKEN_PIPE), "7.8", done(3)));
    ends listed(0, TRUE);
    handle_list with({listed.write});
    EXPECT_EQ(read_what_is_said(listed, {.streams = {nullptr, listed.write, nullptr}, .list = &with}), done(3));
}

TEST(win32_rows, row_7_9_the_standard_handles_are_those_of_the_startup_information) {
    ends in(0, TRUE);
    ends out(0, TRUE);
    ends err(0, TRUE);
    started child = start("streams", {.streams = {in.read, out.write, err.write}});
    out.close_write();
    err.close_write();
    EXPECT_EQ(child.code(), DWORD{FILE_TYPE_PIPE});
    std::string text;
    EXPECT_EQ(read_from(out.read, text, 100), done(3));
    EXPECT_EQ(text, "out");
    EXPECT_EQ(read_from(err.read, text, 100), done(3));
    EXPECT_EQ(text, "err");
    EXPECT_EQ(read_from(err.read, 100), failed(ERROR_BROKEN_PIPE));
}

TEST(win32_rows, row_7_10_standard_handles_need_inheritance) {
    ends out(0, TRUE);
    EXPECT_TRUE(is(read_what_is_said(out, {.inherits = FALSE, .streams = {nullptr, out.write, nullptr}}),
                   failed(ERROR_BROKEN_PIPE), "7.10", done(3)));
}

TEST(win32_rows, row_7_11_the_standard_handles_of_the_parent_are_passed_on) {
    ends out(0, TRUE);
    HANDLE const before = GetStdHandle(STD_OUTPUT_HANDLE);
    SetStdHandle(STD_OUTPUT_HANDLE, out.write);
    started child = start("arguments");
    SetStdHandle(STD_OUTPUT_HANDLE, before);
    out.close_write();
    std::string text;
    EXPECT_NE(read_from(out.read, text, 1000).ok, FALSE);
    EXPECT_NE(text.find("arguments"), std::string::npos) << text;
    EXPECT_EQ(child.code(), 0U);
}

TEST(win32_rows, row_7_12_a_stream_that_is_not_given_is_none) {
    ends out(0, TRUE);
    started child = start("streams", {.streams = {nullptr, out.write, out.write}});
    EXPECT_NE(child.code(), DWORD{FILE_TYPE_PIPE});
}

TEST(win32_rows, row_7_13_the_ends_of_a_child_close_when_it_ends_or_is_ended) {
    for (const char* const how : {"exit 0", "hang"}) {
        ends out(0, TRUE);
        started child = start(how, {.streams = {nullptr, out.write, out.write}});
        background reader([&] { return read_from(out.read, 10); });
        out.close_write();
        if (std::string_view(how) == "hang") {
            EXPECT_TRUE(reader.blocks());
            EXPECT_NE(TerminateProcess(child.process, 1), FALSE);
        }
        EXPECT_EQ(reader.result(), failed(ERROR_BROKEN_PIPE));
    }
}

TEST(win32_rows, row_7_14_an_exit_code_has_32_bits) {
    for (const DWORD code : {DWORD{0}, DWORD{123}, DWORD{256}, DWORD{300}, DWORD{0x80000001}, DWORD{0xffffffff}}) {
        EXPECT_EQ(start("exit " + std::to_string(code)).code(), code);
        EXPECT_EQ(start("return " + std::to_string(code)).code(), code);
    }
}

TEST(win32_rows, row_7_15_a_running_process_is_still_active) {
    started child = start("hang");
    DWORD code = 0;
    EXPECT_NE(GetExitCodeProcess(child.process, &code), FALSE);
    EXPECT_EQ(code, DWORD{STILL_ACTIVE});
    EXPECT_EQ(WaitForSingleObject(child.process, 0), DWORD{WAIT_TIMEOUT});
    TerminateProcess(child.process, 7);
    EXPECT_EQ(child.code(), 7U);
    EXPECT_EQ(start("exit 259").code(), DWORD{STILL_ACTIVE});
}

TEST(win32_rows, row_7_16_the_code_of_a_crash_is_that_of_the_exception) {
    for (const char* const sanitizer : {"ASAN_OPTIONS", "TSAN_OPTIONS"}) { // they take the signal for themselves
        SetEnvironmentVariableA(sanitizer, "handle_segv=0");
    }
    const DWORD crashed = start("crash").code();
    for (const char* const sanitizer : {"ASAN_OPTIONS", "TSAN_OPTIONS"}) {
        SetEnvironmentVariableA(sanitizer, nullptr);
    }
    EXPECT_EQ(crashed, 0xC0000005U);
    EXPECT_EQ(start("abort").code(), 3U);
}

TEST(win32_rows, row_7_17_a_terminated_process_has_the_code_given) {
    started child = start("hang");
    const owned only_waits = duplicate(child.process, SYNCHRONIZE, FALSE, 0);
    SetLastError(untouched);
    EXPECT_EQ(TerminateProcess(only_waits, 1), FALSE);
    EXPECT_EQ(GetLastError(), DWORD{ERROR_ACCESS_DENIED});
    EXPECT_NE(TerminateProcess(child.process, 0x12345678), FALSE);
    EXPECT_EQ(child.code(), 0x12345678U);
}

TEST(win32_rows, row_7_18_a_dead_process_cannot_be_terminated) {
    started child = start("exit 5");
    EXPECT_EQ(child.code(), 5U);
    SetLastError(untouched);
    outcome how;
    how.ok = TerminateProcess(child.process, 6);
    how.error = GetLastError();
    EXPECT_TRUE(is(how, failed(ERROR_ACCESS_DENIED), "7.18", done(0)));
    EXPECT_EQ(child.code(), 5U);
}

TEST(win32_rows, row_7_19_a_process_stays_signalled_and_its_code_readable) {
    started child = start("exit 5");
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(child.code(), 5U);
    }
    EXPECT_EQ(WaitForSingleObject(child.thread, INFINITE), DWORD{WAIT_OBJECT_0});
}

TEST(win32_rows, row_7_20_several_handles_are_waited_for_at_once) {
    const owned first = event();
    const owned second = event();
    const HANDLE both[] = {first, second};
    EXPECT_EQ(WaitForMultipleObjects(2, both, FALSE, 0), DWORD{WAIT_TIMEOUT});
    SetEvent(second);
    EXPECT_EQ(WaitForMultipleObjects(2, both, FALSE, INFINITE), DWORD{WAIT_OBJECT_0} + 1);
    EXPECT_EQ(WaitForMultipleObjects(2, both, TRUE, 0), DWORD{WAIT_TIMEOUT});
    SetEvent(first);
    EXPECT_EQ(WaitForMultipleObjects(2, both, FALSE, INFINITE), DWORD{WAIT_OBJECT_0});
    EXPECT_EQ(WaitForMultipleObjects(2, both, TRUE, INFINITE), DWORD{WAIT_OBJECT_0});
    for (const DWORD count : {0U, 65U}) {
        const std::vector<HANDLE> many(65, static_cast<HANDLE>(first));
        SetLastError(untouched);
        EXPECT_EQ(WaitForMultipleObjects(count, many.data(), FALSE, 0), DWORD{WAIT_FAILED});
        EXPECT_EQ(GetLastError(), DWORD{ERROR_INVALID_PARAMETER});
    }
}

TEST(win32_rows, row_7_21_pseudo_handles_are_not_waited_for_among_several) {
    const HANDLE pseudo[] = {GetCurrentProcess()};
    SetLastError(untouched);
    const DWORD how = WaitForMultipleObjects(1, pseudo, FALSE, 0);
    EXPECT_TRUE(is(how, DWORD{WAIT_FAILED}, "7.21", DWORD{WAIT_TIMEOUT}));
}

TEST(win32_rows, row_7_22_a_process_is_opened_by_its_number) {
    started child = start("hang");
    const owned opened(OpenProcess(PROCESS_TERMINATE | SYNCHRONIZE, FALSE, child.id));
    ASSERT_NE(static_cast<HANDLE>(opened), nullptr) << GetLastError();
    DWORD code = 0;
    SetLastError(untouched);
    EXPECT_EQ(GetExitCodeProcess(opened, &code), FALSE) << "it was opened without this right";
    EXPECT_EQ(GetLastError(), DWORD{ERROR_ACCESS_DENIED});
    EXPECT_NE(TerminateProcess(opened, 9), FALSE);
    EXPECT_EQ(child.code(), 9U);
    SetLastError(untouched);
    EXPECT_EQ(OpenProcess(SYNCHRONIZE, FALSE, 0), nullptr);
    EXPECT_EQ(GetLastError(), DWORD{ERROR_INVALID_PARAMETER});
}

TEST(win32_rows, row_7_23_a_suspended_process_runs_when_it_is_resumed) {
    started child = start("exit 5", {.flags = CREATE_SUSPENDED});
    EXPECT_EQ(WaitForSingleObject(child.process, 60), DWORD{WAIT_TIMEOUT});
    EXPECT_EQ(ResumeThread(child.thread), 1U);
    EXPECT_EQ(child.code(), 5U);
}

TEST(win32_rows, row_7_24_the_program_is_the_first_word_of_the_line_or_is_named) {
    const std::string program = child_program();
    EXPECT_EQ(start_line(program + " exit 5").code(), 5U) << "not in quotation marks";
    EXPECT_EQ(start_line("anything exit 6", {.application = nullptr}).ok, FALSE);
    const std::string full = program + (system() == under::layer ? "" : ".exe");
    EXPECT_EQ(start_line("anything exit 6", {.application = full.c_str()}).code(), 6U);
}

TEST(win32_rows, row_7_25_a_failed_start_says_why_and_clears_its_output) {
    const started missing = start_line("no_such_program_anywhere");
    EXPECT_EQ(missing.ok, FALSE);
    EXPECT_EQ(missing.error, DWORD{ERROR_FILE_NOT_FOUND});
    EXPECT_EQ(missing.raw.hProcess, nullptr);
    EXPECT_EQ(missing.raw.dwProcessId, 0U);
    EXPECT_EQ(start_line("any", {.application = "c:\\no_such_directory_anywhere\\program.exe"}).error,
              DWORD{ERROR_PATH_NOT_FOUND});
    EXPECT_EQ(start_line("\"" + child_program() + "\" exit 0", {.directory = "no_such_directory_anywhere"}).error,
              DWORD{ERROR_DIRECTORY});
}

TEST(win32_rows, row_7_27_the_line_of_CreateProcessW_is_as_it_was) {
    const std::string program = child_program();
    std::wstring line = L"\"" + std::wstring(program.begin(), program.end()) + L"\" exit 5";
    const std::wstring before = line;
    STARTUPINFOW info{};
    info.cb = sizeof info;
    PROCESS_INFORMATION made{};
    ASSERT_NE(CreateProcessW(nullptr, line.data(), nullptr, nullptr, FALSE, 0, nullptr, nullptr, &info, &made), FALSE)
        << GetLastError();
    EXPECT_EQ(line, before);
    const owned process(made.hProcess);
    const owned thread(made.hThread);
    EXPECT_EQ(WaitForSingleObject(process, INFINITE), DWORD{WAIT_OBJECT_0});
    DWORD code = 77;
    EXPECT_NE(GetExitCodeProcess(process, &code), FALSE);
    EXPECT_EQ(code, 5U);
}

TEST(win32_rows, row_7_28_an_environment_replaces_all_and_a_directory_is_entered) {
    SetEnvironmentVariableA("WINDPIPE_ROW", "inherited");
    EXPECT_EQ(output_of("environment WINDPIPE_ROW"), "inherited");
    std::string block = "WINDPIPE_ROW=given";
    block += '\0';
    for (const char* const needed : {"SystemRoot", "WINEPREFIX", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "TSAN_OPTIONS"}) {
        if (const char* const value = std::getenv(needed)) {
            block += needed + ("=" + std::string(value)) + '\0';
        }
    }
    block += '\0';
    EXPECT_EQ(output_of("environment WINDPIPE_ROW", {.environment = block.data()}), "given");
    SetEnvironmentVariableA("WINDPIPE_ROW", nullptr);
    EXPECT_EQ(output_of("environment WINDPIPE_ROW"), "");
    const std::string where(std::getenv("WINDPIPE_TEST_CHILDREN"));
    const std::string got = output_of("directory", {.directory = where.c_str()});
    EXPECT_EQ(got.substr(got.size() - std::min<std::size_t>(8, got.size())), "children");
}

TEST(win32_rows, row_7_29_the_line_arrives_as_it_is_and_the_child_splits_it) {
    const std::string rest = R"(arguments "two words" back\slash "quo\"te" "" end\\)";
    const std::string text = output_of(rest);
    EXPECT_NE(text.find(rest + "\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\ntwo words\nback\\slash\nquo\"te\n\nend\\\\\n"), std::string::npos) << text;
}

} // namespace
