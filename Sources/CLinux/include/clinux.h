#ifndef CLINUX_H
#define CLINUX_H
#include <sys/epoll.h>
#include <sys/eventfd.h>

/// accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC)
int cl_accept(int listener);
#endif
