#include "server/observe/build_id.h"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/types/span.h"

namespace redstart {
namespace {

constexpr size_t kShownBytes = 8;

// The description of the build id among the notes, or nothing.
std::string_view FindBuildId(std::string_view notes) {
  // A note is a header, a name and a description; both are padded to words of four bytes.
  const auto padded = [](size_t size) { return (size + 3) & ~size_t{3}; };
  ElfW(Nhdr) header = {};
  while (notes.size() >= sizeof(header)) {
    std::memcpy(&header, notes.data(), sizeof(header));
    notes.remove_prefix(sizeof(header));
    const size_t size = padded(header.n_namesz) + padded(header.n_descsz);
    if (size > notes.size()) break;
    if (header.n_type == NT_GNU_BUILD_ID) {
      return notes.substr(padded(header.n_namesz), header.n_descsz);
    }
    notes.remove_prefix(size);
  }
  return {};
}

// The first object that is visited is the executable itself.
int ReadExecutable(dl_phdr_info* info, size_t, void* result) {
  for (const ElfW(Phdr) & header : absl::MakeConstSpan(info->dlpi_phdr, info->dlpi_phnum)) {
    if (header.p_type != PT_NOTE) continue;
    const auto* notes = reinterpret_cast<const char*>(info->dlpi_addr + header.p_vaddr);
    const std::string_view id = FindBuildId({notes, header.p_memsz});
    if (!id.empty()) *static_cast<std::string_view*>(result) = id;
  }
  return 1;
}

std::string ReadBuildId() {
  std::string_view id;
  dl_iterate_phdr(ReadExecutable, &id);
  if (id.empty()) return std::string(2 * kShownBytes, '0');
  return absl::BytesToHexString(absl::string_view(id.data(), std::min(id.size(), kShownBytes)));
}

}  // namespace

const std::string& BuildId() {
  static const auto* const id = new std::string(ReadBuildId());
  return *id;
}

}  // namespace redstart
