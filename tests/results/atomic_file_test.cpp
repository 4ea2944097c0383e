#include "results/atomic_file.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/results/folder.h"

namespace results {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(AtomicFile, WritesAndReplaces) {
  const tests::Folder folder;
  write_file_atomically(folder.path("r.json"), "old");
  EXPECT_EQ(folder.read("r.json"), "old");
  write_file_atomically(folder.path("r.json"), "new");
  EXPECT_EQ(folder.read("r.json"), "new");
  EXPECT_EQ(folder.files(), 1U) << "no temporary file is left behind";
}

TEST(AtomicFile, KeepsTheOldFileWhenTheDiskIsFull) {
  const tests::Folder folder;
  folder.write("r.json", "old");
  // A file size limit makes write() fail half way, as a full disk does.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{4096, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_THAT([&] { write_file_atomically(folder.path("r.json"), std::string(100'000, 'x')); },
              ThrowsMessage<FileError>(HasSubstr("cannot write " + folder.path("r.json"))));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(folder.read("r.json"), "old");
  EXPECT_EQ(folder.files(), 1U);
}

TEST(AtomicFile, KeepsTheModeOfTheFileItReplaces) {
  const tests::Folder folder;
  folder.write("r.json", "old");
  ASSERT_EQ(::chmod(folder.path("r.json").c_str(), 0640), 0);
  write_file_atomically(folder.path("r.json"), "new");
  struct stat facts {};
  ASSERT_EQ(::stat(folder.path("r.json").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0640U);
}

TEST(AtomicFile, ReplacesWhatALinkPointsTo) {
  const tests::Folder folder;
  folder.write("real.json", "old");
  std::filesystem::create_symlink(folder.path("real.json"), folder.path("link.json"));
  write_file_atomically(folder.path("link.json"), "new");
  EXPECT_EQ(folder.read("real.json"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path("link.json")));
}

TEST(AtomicFile, NamesPathAndReasonWhenItCannot) {
  const tests::Folder folder;
  EXPECT_THAT([&] { require_writable(folder.path("none/r.json")); },
              ThrowsMessage<FileError>(HasSubstr("No such file or directory")));
  EXPECT_THAT([&] { require_writable(folder.path()); },
              ThrowsMessage<FileError>(HasSubstr("Is a directory")));
  folder.write("file", "");
  EXPECT_THAT([&] { write_file_atomically(folder.path("file/r.json"), "x"); },
              ThrowsMessage<FileError>(HasSubstr("Not a directory")));
  EXPECT_THAT([&] { read_whole_file(folder.path("none")); },
              ThrowsMessage<FileError>(HasSubstr(folder.path("none"))));
  EXPECT_THROW(read_whole_file(folder.path()), FileError);
  EXPECT_THROW(require_writable("/dev/null"), FileError);
  EXPECT_THROW(require_writable("/proc/r.json"), FileError)
      << "root may, says access(), but cannot";
}

TEST(AtomicFile, RefusesToReadWhatIsTooLarge) {
  const tests::Folder folder;
  folder.write("big", "12345");
  EXPECT_EQ(read_whole_file(folder.path("big"), 5), "12345");
  EXPECT_THROW(read_whole_file(folder.path("big"), 4), FileError);
}

}  // namespace
}  // namespace results
