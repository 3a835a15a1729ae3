// Locks within a process: each is a word that is zero when idle, as programs that set it to {0} expect.
#include "last_error.hpp"

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <ctime>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

using word = std::atomic<std::uint32_t>;

word& word_of(void* where) { return *static_cast<word*>(where); }

/// *Returns*: false when the time is over.
bool sleep_on(word& where, std::uint32_t seen, const timespec* until) {
    const long outcome =
        ::syscall(SYS_futex, &where, FUTEX_WAIT_BITSET_PRIVATE, seen, until, nullptr, FUTEX_BITSET_MATCH_ANY);
    return outcome == 0 || errno != ETIMEDOUT;
}

void wake(word& where, int count) {
    (void)::syscall(SYS_futex, &where, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

const timespec* time_until(DWORD milliseconds, timespec& until) {
    if (milliseconds == INFINITE) {
        return nullptr;
    }
    constexpr long second = 1'000'000'000;
    (void)::clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += milliseconds / 1000;
    until.tv_nsec += (milliseconds % 1000) * 1'000'000L;
    until.tv_sec += until.tv_nsec / second;
    until.tv_nsec %= second;
    return &until;
}

// ---- readers and a writer: the count of readers, or all ones for a writer; the highest bit when somebody sleeps

constexpr std::uint32_t sleeping = 1U << 31U;
constexpr std::uint32_t owned = sleeping - 1;

bool try_exclusive(word& lock) {
    std::uint32_t now = lock.load();
    while ((now & owned) == 0) {
        if (lock.compare_exchange_weak(now, now | owned)) {
            return true;
        }
    }
    return false;
}

bool try_shared(word& lock) {
    std::uint32_t now = lock.load();
    while ((now & owned) < owned - 1) {
        if (lock.compare_exchange_weak(now, now + 1)) {
            return true;
        }
    }
    return false;
}

template <class Try>
void acquire(word& lock, const Try& attempt) {
    while (!attempt(lock)) {
        std::uint32_t now = lock.load();
        if ((now & owned) != 0 && lock.compare_exchange_strong(now, now | sleeping)) {
            (void)sleep_on(lock, now | sleeping, nullptr);
        }
    }
}

/// The last to leave wakes all: those that do not get it sleep again.
void release(word& lock, std::uint32_t share) {
    std::uint32_t now = lock.load();
    while (true) {
        const std::uint32_t held = (now & owned) - share;
        const std::uint32_t next = held == 0 ? 0 : (now & sleeping) | held;
        if (lock.compare_exchange_weak(now, next)) {
            if (held == 0 && (now & sleeping) != 0) {
                wake(lock, INT_MAX);
            }
            return;
        }
    }
}

// ---- a critical section: a lock like that in LockSemaphore, an owner and a depth

word& lock_of(CRITICAL_SECTION& section) { return word_of(&section.LockSemaphore); }

void* own_id() { return reinterpret_cast<void*>(static_cast<std::uintptr_t>(GetCurrentThreadId())); }

bool is_mine(CRITICAL_SECTION& section) {
    return reinterpret_cast<std::atomic<void*>&>(section.OwningThread).load() == own_id();
}

void take(CRITICAL_SECTION& section) {
    reinterpret_cast<std::atomic<void*>&>(section.OwningThread).store(own_id());
    section.RecursionCount = 1;
}

// ---- addresses: their waiters sleep on one of some words, and may be woken for nothing

word& place_of(const volatile void* address) {
    constexpr std::size_t places = 64;
    static word all[places];
    return all[reinterpret_cast<std::uintptr_t>(address) / sizeof(std::uint64_t) % places];
}

bool is_same(const volatile void* address, const void* other, std::size_t size) {
    const auto same = [&]<class Value>(Value*) {
        return __atomic_load_n(static_cast<const volatile Value*>(address), __ATOMIC_SEQ_CST) ==
               *static_cast<const Value*>(other);
    };
    switch (size) {
    case sizeof(std::uint8_t):
        return same(static_cast<std::uint8_t*>(nullptr));
    case sizeof(std::uint16_t):
        return same(static_cast<std::uint16_t*>(nullptr));
    case sizeof(std::uint32_t):
        return same(static_cast<std::uint32_t*>(nullptr));
    default:
        return same(static_cast<std::uint64_t*>(nullptr));
    }
}

// ---- a condition variable: a count of its wake-ups

template <class Unlock, class Lock>
BOOL sleep_on_condition(PCONDITION_VARIABLE condition, DWORD milliseconds, const Unlock& unlock, const Lock& lock) {
    timespec time{};
    const timespec* const until = time_until(milliseconds, time);
    word& wakes = word_of(condition);
    const std::uint32_t seen = wakes.load();
    unlock();
    const bool woken = sleep_on(wakes, seen, until);
    lock();
    return woken ? TRUE : windpipe::win32::fail(ERROR_TIMEOUT);
}

} // namespace

extern "C" {

VOID WINAPI InitializeSRWLock(PSRWLOCK SRWLock) { SRWLock->Ptr = nullptr; }
VOID WINAPI AcquireSRWLockExclusive(PSRWLOCK SRWLock) { acquire(word_of(SRWLock), try_exclusive); }
VOID WINAPI AcquireSRWLockShared(PSRWLOCK SRWLock) { acquire(word_of(SRWLock), try_shared); }
BOOLEAN WINAPI TryAcquireSRWLockExclusive(PSRWLOCK SRWLock) { return try_exclusive(word_of(SRWLock)) ? TRUE : FALSE; }
BOOLEAN WINAPI TryAcquireSRWLockShared(PSRWLOCK SRWLock) { return try_shared(word_of(SRWLock)) ? TRUE : FALSE; }
VOID WINAPI ReleaseSRWLockExclusive(PSRWLOCK SRWLock) { release(word_of(SRWLock), owned); }
VOID WINAPI ReleaseSRWLockShared(PSRWLOCK SRWLock) { release(word_of(SRWLock), 1); }

VOID WINAPI InitializeCriticalSection(LPCRITICAL_SECTION lpCriticalSection) { *lpCriticalSection = {}; }
BOOL WINAPI InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION lpCriticalSection, DWORD dwSpinCount) {
    *lpCriticalSection = {};
    lpCriticalSection->SpinCount = dwSpinCount;
    return TRUE;
}
VOID WINAPI DeleteCriticalSection(LPCRITICAL_SECTION lpCriticalSection) { *lpCriticalSection = {}; }
BOOL WINAPI TryEnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection) {
    if (is_mine(*lpCriticalSection)) {
        ++lpCriticalSection->RecursionCount;
        return TRUE;
    }
    if (!try_exclusive(lock_of(*lpCriticalSection))) {
        return FALSE;
    }
    take(*lpCriticalSection);
    return TRUE;
}
VOID WINAPI EnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection) {
    if (TryEnterCriticalSection(lpCriticalSection) == FALSE) {
        acquire(lock_of(*lpCriticalSection), try_exclusive);
        take(*lpCriticalSection);
    }
}
VOID WINAPI LeaveCriticalSection(LPCRITICAL_SECTION lpCriticalSection) {
    if (is_mine(*lpCriticalSection) && --lpCriticalSection->RecursionCount == 0) {
        reinterpret_cast<std::atomic<void*>&>(lpCriticalSection->OwningThread).store(nullptr);
        release(lock_of(*lpCriticalSection), owned);
    }
}

VOID WINAPI InitializeConditionVariable(PCONDITION_VARIABLE ConditionVariable) { ConditionVariable->Ptr = nullptr; }
BOOL WINAPI SleepConditionVariableCS(PCONDITION_VARIABLE ConditionVariable, PCRITICAL_SECTION CriticalSection,
                                     DWORD dwMilliseconds) {
    return sleep_on_condition(
        ConditionVariable, dwMilliseconds, [&] { LeaveCriticalSection(CriticalSection); },
        [&] { EnterCriticalSection(CriticalSection); });
}
BOOL WINAPI SleepConditionVariableSRW(PCONDITION_VARIABLE ConditionVariable, PSRWLOCK SRWLock, DWORD dwMilliseconds,
                                      ULONG Flags) {
    if ((Flags & ~ULONG{CONDITION_VARIABLE_LOCKMODE_SHARED}) != 0) {
        return windpipe::win32::fail(ERROR_INVALID_PARAMETER);
    }
    if ((Flags & CONDITION_VARIABLE_LOCKMODE_SHARED) != 0) {
        return sleep_on_condition(
            ConditionVariable, dwMilliseconds, [&] { ReleaseSRWLockShared(SRWLock); },
            [&] { AcquireSRWLockShared(SRWLock); });
    }
    return sleep_on_condition(
        ConditionVariable, dwMilliseconds, [&] { ReleaseSRWLockExclusive(SRWLock); },
        [&] { AcquireSRWLockExclusive(SRWLock); });
}
VOID WINAPI WakeConditionVariable(PCONDITION_VARIABLE ConditionVariable) {
    word_of(ConditionVariable).fetch_add(1);
    wake(word_of(ConditionVariable), 1);
}
VOID WINAPI WakeAllConditionVariable(PCONDITION_VARIABLE ConditionVariable) {
    word_of(ConditionVariable).fetch_add(1);
    wake(word_of(ConditionVariable), INT_MAX);
}

BOOL WINAPI WaitOnAddress(volatile VOID* Address, PVOID CompareAddress, SIZE_T AddressSize, DWORD dwMilliseconds) {
    if (Address == nullptr || CompareAddress == nullptr || AddressSize == 0 || AddressSize > 8 ||
        (AddressSize & (AddressSize - 1)) != 0) {
        return windpipe::win32::fail(ERROR_INVALID_PARAMETER);
    }
    timespec time{};
    const timespec* const until = time_until(dwMilliseconds, time);
    word& wakes = place_of(Address);
    const std::uint32_t seen = wakes.load();
    return !is_same(Address, CompareAddress, AddressSize) || sleep_on(wakes, seen, until)
               ? TRUE
               : windpipe::win32::fail(ERROR_TIMEOUT);
}
VOID WINAPI WakeByAddressAll(PVOID Address) {
    place_of(Address).fetch_add(1);
    wake(place_of(Address), INT_MAX);
}
/// Wakes all: who it was not meant for looks and sleeps again, as documented for any waiter.
VOID WINAPI WakeByAddressSingle(PVOID Address) { WakeByAddressAll(Address); }

} // extern "C"
