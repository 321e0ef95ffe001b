#ifndef CLINUX_H
#define CLINUX_H

#include <sys/epoll.h>
#include <sys/eventfd.h>

/// accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC)
int cl_accept(int listener);

/// pthread_setname_np (a pthread_t is an unsigned long here); at most 15 bytes of `name` are kept
void cl_name_thread(unsigned long thread, const char *name);
#endif
