#define _GNU_SOURCE
#include "clinux.h"
#include <pthread.h>
#include <sys/socket.h>

void cl_name_thread(unsigned long thread, const char *name) { pthread_setname_np(thread, name); }

int cl_accept(int listener) { return accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC); }
