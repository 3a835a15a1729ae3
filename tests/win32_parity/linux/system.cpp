#include "rows.hpp"

parity::under parity::system() { return under::layer; }
