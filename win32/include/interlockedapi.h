/* interlockedapi.h - operations on a variable that no other thread sees half of. */
#ifndef WINDPIPE_WIN32_INTERLOCKEDAPI_H
#define WINDPIPE_WIN32_INTERLOCKEDAPI_H

#include "windef.h"

#define WINDPIPE_WIN32_INTERLOCKED(suffix, type) \
    static inline type InterlockedIncrement##suffix(volatile type* addend) { \
        return __atomic_add_fetch(addend, 1, __ATOMIC_SEQ_CST); \
    } \
    static inline type InterlockedDecrement##suffix(volatile type* addend) { \
        return __atomic_sub_fetch(addend, 1, __ATOMIC_SEQ_CST); \
    } \
    static inline type InterlockedExchange##suffix(volatile type* target, type value) { \
        return __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST); \
    } \
    static inline type InterlockedExchangeAdd##suffix(volatile type* addend, type value) { \
        return __atomic_fetch_add(addend, value, __ATOMIC_SEQ_CST); \
    } \
    static inline type InterlockedCompareExchange##suffix(volatile type* destination, type exchange, type comparand) { \
        __atomic_compare_exchange_n(destination, &comparand, exchange, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
        return comparand; \
    } \
    static inline type InterlockedAnd##suffix(volatile type* destination, type value) { \
        return __atomic_fetch_and(destination, value, __ATOMIC_SEQ_CST); \
    } \
    static inline type InterlockedOr##suffix(volatile type* destination, type value) { \
        return __atomic_fetch_or(destination, value, __ATOMIC_SEQ_CST); \
    } \
    static inline type InterlockedXor##suffix(volatile type* destination, type value) { \
        return __atomic_fetch_xor(destination, value, __ATOMIC_SEQ_CST); \
    }

WINDPIPE_WIN32_INTERLOCKED(, LONG)
WINDPIPE_WIN32_INTERLOCKED(64, LONG64)

#undef WINDPIPE_WIN32_INTERLOCKED

static inline PVOID InterlockedExchangePointer(PVOID volatile* target, PVOID value) {
    return __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST);
}
static inline PVOID InterlockedCompareExchangePointer(PVOID volatile* destination, PVOID exchange, PVOID comparand) {
    __atomic_compare_exchange_n(destination, &comparand, exchange, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return comparand;
}
static inline VOID MemoryBarrier(VOID) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

#endif
