#include "call.hpp"

namespace differential {

namespace {

/// The views of this process, by number.
std::array<char*, 8> views{};

char*& view(call& one) { return views.at(one.given[0]); }

/// `section SLOT PROTECTION SIZE INHERIT`, of no file.
BOOL make(call& one) {
    SECURITY_ATTRIBUTES attributes{sizeof attributes, nullptr, static_cast<BOOL>(one.given[3])};
    HANDLE const made = CreateFileMappingA(INVALID_HANDLE_VALUE, &attributes, one.given[1], 0, one.given[2], nullptr);
    if (made == nullptr) {
        return FALSE;
    }
    one.handle() = made;
    return TRUE;
}

/// `map VIEW SLOT ACCESS OFFSET SIZE`
BOOL map(call& one) {
    const auto& [number, slot, access, offset, size, unused] = one.given;
    view(one) = static_cast<char*>(MapViewOfFile(one.handles.at(slot), access, 0, offset, size));
    return view(one) != nullptr ? TRUE : FALSE;
}

/// `unmap VIEW OFFSET`
BOOL unmap(call& one) {
    const BOOL ok = UnmapViewOfFile(view(one) + one.given[1]);
    view(one) = ok != FALSE ? nullptr : view(one);
    return ok;
}

/// `flush_view VIEW OFFSET SIZE`
BOOL flush(call& one) { return FlushViewOfFile(view(one) + one.given[1], one.given[2]); }

/// `load VIEW OFFSET SIZE`
BOOL load(call& one) {
    if (view(one) == nullptr) { // the call that should have made it tells a difference
        return FALSE;
    }
    one.tell(hash({view(one) + one.given[1], one.given[2]}));
    return TRUE;
}

/// `store VIEW OFFSET SIZE SEED`
BOOL store(call& one) {
    if (view(one) == nullptr) {
        return FALSE;
    }
    content(one.given[2], one.given[3]).copy(view(one) + one.given[1], one.given[2]);
    return TRUE;
}

} // namespace

call_table section_calls() {
    return {{"section", make}, {"map", map}, {"unmap", unmap}, {"flush_view", flush}, {"load", load}, {"store", store}};
}

void forget_sections() {
    for (char*& each : views) {
        UnmapViewOfFile(each);
        each = nullptr;
    }
}

} // namespace differential
