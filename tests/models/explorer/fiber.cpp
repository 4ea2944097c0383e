#include "tests/models/explorer/fiber.h"

#include <sys/mman.h>

#include <cstdint>
#include <new>

#if defined(__x86_64__)
// Saves what a callee must preserve, changes the stack, restores. swapcontext() would do, but it
// makes a system call for the signal mask, which costs fifty times as much.
extern "C" void models_swap_stacks(void** save, void* load);
asm(R"(
.text
.type models_swap_stacks, @function
models_swap_stacks:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size models_swap_stacks, .-models_swap_stacks
)");
#endif

namespace models {

Fiber::Fiber() = default;

Fiber::~Fiber() {
  if (stack_ != nullptr) ::munmap(stack_, kStackBytes);
}

void Fiber::prepare(void (*entry)()) {
  if (stack_ == nullptr) {
    stack_ = ::mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stack_ == MAP_FAILED) {
      stack_ = nullptr;
      throw std::bad_alloc();
    }
  }
#if defined(__x86_64__)
  auto** slots = reinterpret_cast<void**>(static_cast<std::byte*>(stack_) + kStackBytes);
  // From above: a null return address for `entry`, which aligns its stack as a call would; `entry`
  // itself, to which the swap returns; six registers.
  *--slots = nullptr;
  *--slots = reinterpret_cast<void*>(entry);
  for (int i = 0; i < 6; ++i) *--slots = nullptr;
  top_ = slots;
#else
  ::getcontext(&context_);
  context_.uc_stack.ss_sp = stack_;
  context_.uc_stack.ss_size = kStackBytes;
  context_.uc_link = nullptr;
  ::makecontext(&context_, entry, 0);
#endif
}

void Fiber::swap(Fiber& from, Fiber& to) {
#if defined(__x86_64__)
  models_swap_stacks(&from.top_, to.top_);
#else
  ::swapcontext(&from.context_, &to.context_);
#endif
}

}  // namespace models
