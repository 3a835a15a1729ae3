"""What Wine does otherwise than Windows, and the layer does not."""


def only_word(call, place, here, there):
    """Whether a word behind this call has one value here and another under Wine, and nothing else differs."""
    def is_case(layer, wine):
        layer, wine = layer.split(), wine.split()
        if call not in layer or len(layer) != len(wine):
            return False
        at = layer.index(call) + place
        return (layer[at], wine[at]) == (here, there) and layer[:at] == wine[:at] and layer[at + 1:] == wine[at + 1:]
    return is_case


# row of docs/win32-rows.md, why, and whether two outcomes are a case of it
KNOWN = [
    ("1.10", "Wine counts no instance of a pipe whose read end, the server's, has been closed", only_word("state", 2, "1", "0")),
    ("4.14", "Wine tells no limit of instances as that, and not as PIPE_UNLIMITED_INSTANCES",
     only_word("info", 3, "255", "4294967295")),
    ("4.18", "Wine has another word for it that a client cannot disconnect", only_word("disconnect", 2, "1", "50")),
]


def is_known(layer, wine):
    return any(is_case(layer, wine) for _, _, is_case in KNOWN)
