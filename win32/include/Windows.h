/* Windows.h - the name that most programs write. */
#include "windows.h"
