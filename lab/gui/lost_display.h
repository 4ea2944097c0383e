// Tells when the X server is gone. GUI thread.
#pragma once

namespace lab::gui {

/// `handler` is called, on the thread that talks to the display, when the connection to the X
/// server breaks; it must not return, for Xlib would then end the process. Does nothing on Wayland.
void watch_for_lost_display(void (*handler)());

}  // namespace lab::gui
