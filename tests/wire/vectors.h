// The recorded conversations in tests/wire/vectors, and the hex they are written in.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace wire {

inline std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16)));
  }
  return bytes;
}

inline std::string to_hex(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    hex.push_back(digits[static_cast<unsigned char>(c) >> 4]);
    hex.push_back(digits[static_cast<unsigned char>(c) & 15]);
  }
  return hex;
}

inline std::filesystem::path vector_folder() {
  return std::filesystem::path{ZMQNG_TEST_DATA} / "wire" / "vectors";
}

// `name` is relative to the folder and has no suffix: "greeting/v10-dealer".
inline nlohmann::json load_vector(const std::string& name) {
  std::ifstream file{vector_folder() / (name + ".json")};
  return nlohmann::json::parse(file);
}

// The names of all vectors in a sub-folder, sorted.
inline std::vector<std::string> vectors_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{vector_folder() / folder}) {
    names.push_back(folder + "/" + entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace wire
