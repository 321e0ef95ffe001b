#ifndef CLINUX_H
#define CLINUX_H
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

/// accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC)
int cl_accept(int listener);

/// The event bits of epoll, as plain numbers (Swift imports the enumeration under several types).
static inline uint32_t cl_epoll_in(void) { return EPOLLIN; }
static inline uint32_t cl_epoll_out(void) { return EPOLLOUT; }
static inline uint32_t cl_epoll_hangup(void) { return EPOLLRDHUP | EPOLLHUP | EPOLLERR; }
static inline uint32_t cl_epoll_broken(void) { return EPOLLHUP | EPOLLERR; }
static inline uint32_t cl_epoll_edge(void) { return EPOLLET; }

/// epoll_ctl with the descriptor as user data; 0 or -1.
int cl_epoll_add(int epoll, int descriptor, uint32_t events);

/// A listening stream socket, non-blocking, close-on-exec, SO_REUSEADDR and TCP_NODELAY set, and SO_REUSEPORT when `shared`; -1 with errno.
int cl_listen(const struct sockaddr *address, socklen_t length, int backlog, int shared);

/// The local port of a bound IPv4 or IPv6 socket in host order; -1 with errno.
int cl_local_port(int descriptor);

/// A blocking connect that gives up after `milliseconds`; returns the (blocking) descriptor or -1 with errno.
int cl_connect(const struct sockaddr *address, socklen_t length, int milliseconds);

/// SO_RCVTIMEO and SO_SNDTIMEO in milliseconds; 0 or -1.
int cl_set_timeouts(int descriptor, int milliseconds);

/// sendfile(2) from the file's own position.
ssize_t cl_sendfile(int socket, int file, size_t count);

/// Gives the calling thread a name of at most 15 bytes.
void cl_name_thread(const char *name);
#endif
