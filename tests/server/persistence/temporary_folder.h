#ifndef REDSTART_TESTS_SERVER_PERSISTENCE_TEMPORARY_FOLDER_H_
#define REDSTART_TESTS_SERVER_PERSISTENCE_TEMPORARY_FOLDER_H_

// A folder of a test's own, which goes away with it. One thread.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace redstart {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = testing::TempDir() + "redstart.XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string File(const std::string& name) const { return path_ + '/' + name; }
  std::string Read(const std::string& name) const {
    std::ifstream file(File(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Write(const std::string& name, const std::string& bytes) const {
    std::ofstream(File(name), std::ios::binary) << bytes;
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(path_)) {
      names.push_back(file.path().filename());
    }
    return names;
  }

 private:
  std::string path_;
};

}  // namespace redstart

#endif  // REDSTART_TESTS_SERVER_PERSISTENCE_TEMPORARY_FOLDER_H_
