#include "lab/gui/fonts.h"

#include <imgui_freetype.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <initializer_list>

namespace lab::gui {

namespace {

constexpr const char* kInter = "/usr/share/fonts/opentype/inter/Inter-Regular.otf";
constexpr const char* kInterSemiBold = "/usr/share/fonts/opentype/inter/Inter-SemiBold.otf";
constexpr const char* kJetBrainsMono =
    "/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-Regular.ttf";
constexpr const char* kDejaVu = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
constexpr const char* kDejaVuBold = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf";
constexpr const char* kDejaVuMono = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf";

// Latin-1, Greek, dashes and quotes, arrows, the mathematical signs and shapes the window uses.
constexpr ImWchar kGlyphs[] = {0x0020, 0x00FF, 0x0391, 0x03C9, 0x2010, 0x2026, 0x2190, 0x2193,
                               0x2212, 0x2212, 0x221E, 0x221E, 0x2248, 0x2248, 0x2260, 0x2265,
                               0x25B2, 0x25BC, 0x25CF, 0x25CF, 0x2713, 0x2717, 0};

const char* first_readable(std::initializer_list<const char*> paths) {
  for (const char* path : paths) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path, ignored)) return path;
  }
  return nullptr;
}

ImFont* add(const char* path, float pixels) {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  ImFontConfig config;
  config.SizePixels = std::max(6.0f, std::round(pixels));
  config.OversampleH = config.OversampleV = 1;  // FreeType hints instead
  config.PixelSnapH = true;
  if (path == nullptr) return atlas.AddFontDefault(&config);
  return atlas.AddFontFromFileTTF(path, config.SizePixels, &config, kGlyphs);
}

// Inter's default digits are proportional: every change of a number would shift what follows it.
void equalise_digits(ImFont& font) {
  float widest = 0;
  for (ImWchar c = '0'; c <= '9'; ++c) widest = std::max(widest, font.FindGlyph(c)->AdvanceX);
  for (ImWchar c = '0'; c <= '9'; ++c) {
    // The glyphs are the font's own; ImGui 1.86 just offers no way to write them.
    auto& glyph = const_cast<ImFontGlyph&>(*font.FindGlyph(c));
    const float shift = std::floor((widest - glyph.AdvanceX) * 0.5f);
    glyph.X0 += shift;
    glyph.X1 += shift;
    glyph.AdvanceX = widest;
  }
  font.BuildLookupTable();
}

std::string stem(const char* path) {
  return path == nullptr ? "built-in" : std::filesystem::path(path).stem().string();
}

}  // namespace

Fonts load_fonts(float scale) {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  atlas.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
  atlas.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;

  const char* regular = first_readable({kInter, kDejaVu});
  const char* semibold = first_readable({kInterSemiBold, kDejaVuBold});
  const char* mono = first_readable({kJetBrainsMono, kDejaVuMono});

  Fonts fonts;
  fonts.scale = scale;
  fonts.ui = add(regular, 15 * scale);
  fonts.semibold = add(semibold, 15 * scale);
  fonts.small = add(regular, 13 * scale);
  fonts.caption = add(semibold, 12.5f * scale);
  fonts.heading = add(semibold, 21 * scale);
  fonts.mono = add(mono, 13 * scale);
  atlas.Build();
  for (ImFont* font : {fonts.ui, fonts.semibold, fonts.small, fonts.caption, fonts.heading}) {
    equalise_digits(*font);
  }
  ImGui::GetIO().FontDefault = fonts.ui;
  fonts.sources = stem(regular) + ", " + stem(semibold) + ", " + stem(mono);
  return fonts;
}

}  // namespace lab::gui
