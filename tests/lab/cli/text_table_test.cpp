#include "lab/cli/text_table.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lab::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Column column(const std::string& title, int importance, const std::vector<std::string>& cells) {
  Column c{title, {}, false, importance, {}};
  for (const std::string& cell : cells) c.cells.push_back({cell});
  return c;
}

TEST(TextTable, AlignsNumbersRightAndNamesLeft) {
  Column names = column("pool", 0, {"a", "longer"});
  names.left = true;
  Column figures = column("p99", 0, {"1.5", "22.5"});
  figures.unit = "ms";
  EXPECT_EQ(table_text({names, figures}, {}),
            "  pool     p99\n"
            "            ms\n"
            "  ------------\n"
            "  a        1.5\n"
            "  longer  22.5\n");
}

TEST(TextTable, LeavesOutTheLeastImportantColumnsWhenItIsNarrow) {
  TextStyle narrow;
  narrow.width = 16;
  std::vector<std::string> left_out;
  const std::string text =
      table_text({column("pool", 0, {"a"}), column("wide one", 2, {"1"}), column("mid", 1, {"2"})},
                 narrow, &left_out);
  EXPECT_THAT(text, Not(HasSubstr("wide one")));
  EXPECT_THAT(text, HasSubstr("mid"));
  EXPECT_THAT(left_out, ElementsAre("wide one"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(columns(line), 16U);
}

TEST(TextTable, HasNoColoursUnlessAsked) {
  Column c = column("x", 0, {"1", "2"});
  c.cells[0].tone = Tone::Good;
  EXPECT_THAT(table_text({c}, {}), Not(HasSubstr("\x1b")));
  TextStyle colour;
  colour.colour = true;
  EXPECT_THAT(table_text({c}, colour), HasSubstr("\x1b[1;32m1\x1b[0m"));
}

TEST(Wrapped, BreaksAtSpaces) {
  EXPECT_EQ(wrapped("one two three", 9, "  "), "  one two\n  three");
  EXPECT_EQ(wrapped("one two", 0, ""), "one two");
  EXPECT_EQ(wrapped("unbreakable", 4, ""), "unbreakable");
}

TEST(Clipped, EndsWithAnEllipsis) {
  TextStyle fancy;
  fancy.unicode = true;
  EXPECT_EQ(clipped("abcdef", 4, fancy), "abc…");
  EXPECT_EQ(clipped("abcdef", 4, {}), "abc~");
  EXPECT_EQ(clipped("abc", 4, {}), "abc");
  EXPECT_EQ(columns("µs…"), 3U);
}

}  // namespace
}  // namespace lab::cli
