// poollab: the lab's one program.
#include "lab/cli/program.h"

int main(int argc, char** argv) { return lab::cli::run_program(argc, argv); }
