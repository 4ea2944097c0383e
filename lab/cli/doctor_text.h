// What `poollab doctor` prints. A pure function.
#pragma once

#include <string>
#include <vector>

#include "lab/cli/text_style.h"
#include "lab/doctor.h"

namespace lab::cli {

std::string doctor_text(const std::vector<Finding>& findings, const TextStyle& style);

}  // namespace lab::cli
