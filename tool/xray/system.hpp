// system.hpp - what the x-ray needs of the system. The folders linux/ and windows/ have it, and the build chooses one.
#pragma once

#include "xray/sample.hpp"

#include <windpipe/error.hpp>
#include <windpipe/handle.hpp>

#include <optional>
#include <string>
#include <vector>

namespace windpipe_tool::xray {

/// Looks at processes from outside: nothing is sent to them, and none is stopped.
///
/// *Systems*: Linux: by /proc. Windows: not offered, every look is an error or finds nothing.
class observer {
public:
    /// `root`: where the system tells about its processes; a recorded tree will do.
    explicit observer(std::string root = "/proc");

    /// All processes but this one with their channels, those that may not be seen without. One that ends meanwhile is
    /// left out.
    ///
    /// *Errors*: `root` is not there, or tells of no process.
    [[nodiscard]] windpipe::result<std::vector<process_facts>> everybody() const;

    /// One of them, if it is there.
    [[nodiscard]] std::optional<process_facts> identify(process_id pid) const;

    /// The processes that `pid` has started and that still run, at once; not theirs.
    [[nodiscard]] std::vector<process_id> children(process_id pid) const;

    /// How far the standard input of a process has been read, if it is a file.
    [[nodiscard]] std::optional<file_position> input_of(process_id pid) const;

    /// What the threads of a process do, and what it has used. Of one that has ended: no thread.
    [[nodiscard]] process_sample look(const process_facts& process) const;

private:
    std::string root_;
};

/// Tells how full a channel is. Between two looks it holds neither end, so that no end of stream and no broken pipe is
/// delayed by it; during one it holds the write end for a few microseconds.
///
/// *Ownership*: a reference to the channel that is no end of it.
/// *Systems*: Linux: decision 0035.
class probe {
public:
    /// By a descriptor of a process that leads to the channel. Not all channels can be reached.
    probe(process_id process, const open_end& end);

    /// Whether look() can tell anything.
    [[nodiscard]] bool can_look() const;

    [[nodiscard]] channel_sample look() const;

private:
    channel_kind kind_;
    windpipe::unique_handle reference_{};
    process_id process_ = 0;
    open_end end_;
};

} // namespace windpipe_tool::xray
