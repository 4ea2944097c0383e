#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "lab/gui/tags.h"

namespace lab::gui {

void Tags::box(std::string_view name, ImVec2 min, ImVec2 max) {
  if (on()) boxes_.insert_or_assign(std::string(name), ImVec4(min.x, min.y, max.x, max.y));
}

void Tags::item(std::string_view name) {
  if (on()) box(name, ImGui::GetItemRectMin(), ImGui::GetItemRectMax());
}

void Tags::state(std::string_view key, std::string_view value) {
  if (on()) state_.insert_or_assign(std::string(key), std::string(value));
}

void Tags::write() {
  if (path_.empty()) return;
  nlohmann::json document = {{"state", state_}, {"boxes", nlohmann::json::object()}};
  for (const auto& [name, b] : boxes_) {
    document["boxes"][name] = {static_cast<int>(b.x), static_cast<int>(b.y), static_cast<int>(b.z),
                               static_cast<int>(b.w)};
  }
  // A path typed by the user may hold any bytes; replace what is not UTF-8 instead of throwing.
  std::string text = document.dump(1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (text == written_) return;
  const std::string beside = path_ + ".new";
  {
    std::ofstream out(beside, std::ios::trunc);
    out << text << '\n';
    if (!out.flush()) return;
  }
  if (std::rename(beside.c_str(), path_.c_str()) == 0) written_ = std::move(text);
}

}  // namespace lab::gui
