#define _GNU_SOURCE
#include "clinux.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/sendfile.h>
#include <sys/time.h>
#include <unistd.h>
#include <fcntl.h>

int cl_accept(int listener) { return accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC); }

int cl_epoll_add(int epoll, int descriptor, uint32_t events) {
  struct epoll_event event = {.events = events, .data = {.fd = descriptor}};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

static int close_keeping_errno(int descriptor) {
  int saved = errno;
  close(descriptor);
  errno = saved;
  return -1;
}

int cl_listen(const struct sockaddr *address, socklen_t length, int backlog, int shared) {
  int one = 1;
  int descriptor = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (shared && setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) < 0) return close_keeping_errno(descriptor);
  // Accepted sockets inherit it on Linux: one system call less for each connection.
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (bind(descriptor, address, length) < 0 || listen(descriptor, backlog) < 0) return close_keeping_errno(descriptor);
  return descriptor;
}

int cl_local_port(int descriptor) {
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  if (getsockname(descriptor, (struct sockaddr *)&address, &length) < 0) return -1;
  if (address.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
  return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

int cl_connect(const struct sockaddr *address, socklen_t length, int milliseconds) {
  int one = 1, failure = 0;
  socklen_t size = sizeof failure;
  int descriptor = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(descriptor, address, length) < 0) {
    if (errno != EINPROGRESS) return close_keeping_errno(descriptor);
    struct pollfd waiting = {.fd = descriptor, .events = POLLOUT};
    int ready = poll(&waiting, 1, milliseconds);
    if (ready == 0) errno = ETIMEDOUT;
    if (ready <= 0) return close_keeping_errno(descriptor);
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) < 0) return close_keeping_errno(descriptor);
    if (failure != 0) {
      errno = failure;
      return close_keeping_errno(descriptor);
    }
  }
  int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0 || fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) < 0) return close_keeping_errno(descriptor);
  return descriptor;
}

int cl_set_timeouts(int descriptor, int milliseconds) {
  struct timeval time = {.tv_sec = milliseconds / 1000, .tv_usec = (milliseconds % 1000) * 1000};
  if (setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time) < 0) return -1;
  return setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

ssize_t cl_sendfile(int socket, int file, size_t count) { return sendfile(socket, file, 0, count); }

void cl_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
