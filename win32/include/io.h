/* io.h - descriptors of the C library and the handles behind them. */
#ifndef WINDPIPE_WIN32_IO_H
#define WINDPIPE_WIN32_IO_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "windef.h"

#define _O_RDONLY 0x0000
#define _O_WRONLY 0x0001
#define _O_RDWR 0x0002
#define _O_APPEND 0x0008
#define _O_TEXT 0x4000
#define _O_BINARY 0x8000
#define _O_NOINHERIT 0x0080

WINDPIPE_WIN32_BEGIN
intptr_t _get_osfhandle(int fd);
int _open_osfhandle(intptr_t osfhandle, int flags);
int _pipe(int* pfds, unsigned int psize, int textmode);
/* There is no text mode here: it says what was set and changes nothing. */
int _setmode(int fd, int mode);
int _read(int fd, void* buffer, unsigned int count);
int _write(int fd, const void* buffer, unsigned int count);
int _close(int fd);
int _dup(int fd);
int _fileno(FILE* stream);
int _isatty(int fd);
WINDPIPE_WIN32_END

#endif
