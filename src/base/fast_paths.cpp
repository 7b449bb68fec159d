#include "base/fast_paths.h"

#include <cstdlib>
#include <string_view>

namespace zmqng {
namespace {

bool lists(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const std::size_t end = list.find(',');
    const std::string_view item = list.substr(0, end);
    if (item == name || item == "all") return true;
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
  }
  return false;
}

FastPaths read_environment() {
  const char* variable = std::getenv("ZMQNG_WITHOUT");
  const std::string_view without = variable != nullptr ? variable : "";
  FastPaths paths;
  paths.sends_directly = !lists(without, "direct-send");
  paths.borrows_input = !lists(without, "borrowed-input");
  paths.reads_in_place = !lists(without, "in-place");
  paths.spins = !lists(without, "spin");
  paths.makes_rounds = !lists(without, "rounds");
  paths.gathers = !lists(without, "gather");
  paths.recycles_blocks = !lists(without, "block-cache");
  return paths;
}

}  // namespace

const FastPaths g_fast_paths = read_environment();

}  // namespace zmqng
