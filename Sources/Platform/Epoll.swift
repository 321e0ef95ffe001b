import CLinux
import Glibc

/// An epoll set whose user data is the descriptor; for one thread.
package struct Epoll: ~Copyable {
  /// What happened on a descriptor.
  package struct Event {
    /// The descriptor it happened on.
    package let descriptor: Int32
    private let bits: UInt32

    init(descriptor: Int32, bits: UInt32) {
      self.descriptor = descriptor
      self.bits = bits
    }

    /// There are bytes or the end of the stream to read, or an error to learn by reading.
    package var readable: Bool { bits & (cl_epoll_in() | cl_epoll_hangup()) != 0 }
    /// The other side will send nothing more, or the connection is broken.
    package var hangup: Bool { bits & cl_epoll_hangup() != 0 }
    /// Nothing can be sent or received any more.
    package var broken: Bool { bits & cl_epoll_broken() != 0 }
    /// There is room to write.
    package var writable: Bool { bits & cl_epoll_out() != 0 }
  }

  private let epoll: Int32
  private let events: UnsafeMutablePointer<epoll_event>
  private let capacity: Int32

  /// - Parameter capacity: how many events one `wait` returns at most.
  package init(capacity: Int = 256) {
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    precondition(epoll >= 0, "an epoll could not be created: \(errorText(errno))")
    self.capacity = Int32(capacity)
    events = .allocate(capacity: capacity)
    events.initialize(repeating: epoll_event(), count: capacity)
  }

  deinit {
    close(epoll)
    events.deallocate()
  }

  /// Watches a descriptor for reading, level-triggered; false with errno when the kernel refuses.
  package func addReading(_ descriptor: Int32) -> Bool { cl_epoll_add(epoll, descriptor, cl_epoll_in()) == 0 }

  /// Watches a descriptor for reading, writing and hang-up, edge-triggered: after an event read or write until EAGAIN.
  package func addEdges(_ descriptor: Int32) -> Bool {
    cl_epoll_add(epoll, descriptor, cl_epoll_in() | cl_epoll_out() | cl_epoll_hangup() | cl_epoll_edge()) == 0
  }

  /// Sleeps until something happens or `milliseconds` have passed (negative: for ever) and returns how many events there are.
  package func wait(milliseconds: Int32) -> Int {
    let count = epoll_wait(epoll, events, capacity, milliseconds)
    return max(0, Int(count))
  }

  /// Event `index` of the last `wait`.
  package subscript(index: Int) -> Event {
    precondition(index >= 0 && index < Int(capacity), "the caller stays below what `wait` returned")
    return Event(descriptor: events[index].data.fd, bits: events[index].events)
  }
}
