import Dispatch
import Foundation
import TestSupport
import Testing

@testable import Platform

@Suite("threads, locks and waiting")
struct ThreadsTests {
  final class Number: Sendable {
    let value: Int
    init(_ value: Int) { self.value = value }
  }

  @Test("no increment is lost under the lock")
  func lock() {
    let count = Lock(0)
    let threads = (0..<4).map { number in
      spawnThread(name: "count-\(number)") { for _ in 0..<10_000 { count.withLock { $0 += 1 } } }
    }
    for thread in threads { thread.join() }
    #expect(count.withLock { $0 } == 40_000)
  }

  @Test("a lock is released when its body throws")
  func throwing() {
    struct Refused: Error {}
    let lock = Lock(1)
    #expect(throws: Refused.self) { try lock.withLock { _ in throw Refused() } }
    #expect(lock.withLock { $0 } == 1)
  }

  @Test("a published snapshot replaces the former one, which its holders keep")
  func published() {
    let published = Published(Number(1))
    let former = published.current
    published.publish(Number(2))
    #expect(former.value == 1)
    #expect(published.current.value == 2)
  }

  @Test("a signal wakes its waiter, is kept when it comes first, and a wait gives up after its time")
  func waitSignal() {
    let (there, back) = (WaitSignal(), WaitSignal())
    let thread = spawnThread(name: "waiter") {
      there.wait()
      back.signal()
    }
    there.signal()
    #expect(back.wait(milliseconds: 5000))
    thread.join()
    back.signal()
    back.signal()
    #expect(back.wait(milliseconds: 0))
    let started = MonotonicClock.nanoseconds()
    #expect(!back.wait(milliseconds: 20))
    #expect(MonotonicClock.nanoseconds() - started >= 20_000_000)
  }

  @Test("a thread has its name, cut to what the kernel keeps")
  func names() {
    let name = Lock("")
    let thread = spawnThread(name: "a-name-longer-than-fifteen") {
      let text = (try? Files.read("/proc/thread-self/comm", limit: 100)) ?? []
      name.withLock { $0 = String(decoding: text, as: UTF8.self) }
    }
    thread.join()
    thread.join()
    #expect(name.withLock { $0 } == "a-name-longer-t\n")
  }

  @Test("an event descriptor wakes its waiter once for many signals")
  func eventDescriptor() {
    let event = EventFD()
    event.signal()
    event.signal()
    event.wait()
    let passed = Lock(false)
    let thread = spawnThread(name: "event") {
      event.wait()
      passed.withLock { $0 = true }
    }
    #expect(!passed.withLock { $0 })
    event.signal()
    thread.join()
    #expect(passed.withLock { $0 })
  }

  @Test("a pool runs all it accepted, refuses past its queue and after its stop")
  func pool() {
    let pool = WorkerPool(name: "pool", threads: 2, queueLimit: 3)
    let (running, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let done = Lock(0)
    let work: @Sendable () -> Void = {
      running.signal()
      gate.wait()
      done.withLock { $0 += 1 }
    }
    #expect(pool.submit(work))
    #expect(pool.submit(work))
    for _ in 0..<2 { running.wait() }
    for _ in 0..<3 { #expect(pool.submit(work)) }
    #expect(pool.waiting == 3)
    #expect(!pool.submit(work))
    for _ in 0..<5 { gate.signal() }
    pool.stop()
    #expect(done.withLock { $0 } == 5)
    #expect(!pool.submit(work))
    #expect(done.withLock { $0 } == 5)
  }

  @Test("a pool keeps the order of its queue over many turns")
  func poolOrder() {
    let pool = WorkerPool(name: "order", threads: 1, queueLimit: 10_000)
    let seen = Lock<[Int]>([])
    for number in 0..<2000 { #expect(pool.submit { seen.withLock { $0.append(number) } }) }
    pool.stop()
    #expect(seen.withLock { $0 } == Array(0..<2000))
  }

  @Test("clocks: the wall clock is near Foundation's, the monotonic one never goes back, a made clock says what it is told")
  func clocks() {
    #expect(abs(Double(WallClock.system.milliseconds()) / 1000 - Date().timeIntervalSince1970) < 5)
    #expect(WallClock { 42 }.milliseconds() == 42)
    var last = MonotonicClock.nanoseconds()
    for _ in 0..<1000 {
      let now = MonotonicClock.nanoseconds()
      #expect(now >= last)
      last = now
    }
  }

  @Test("environment variables: set, empty and absent")
  func variables() {
    setenv("COUNTERSIGN_PLATFORM_TEST", "", 1)
    #expect(environmentValue("COUNTERSIGN_PLATFORM_TEST")?.isEmpty == true)
    setenv("COUNTERSIGN_PLATFORM_TEST", "a=b", 1)
    #expect(environmentValue("COUNTERSIGN_PLATFORM_TEST") == "a=b")
    #expect(environment(withPrefix: "COUNTERSIGN_PLATFORM_").map(\.value) == ["a=b"])
    unsetenv("COUNTERSIGN_PLATFORM_TEST")
    #expect(environmentValue("COUNTERSIGN_PLATFORM_TEST") == nil)
  }

  @Test("a blocked termination signal is received by the thread that waits for it")
  func signals() {
    let received = Lock<Int32>(0)
    let thread = spawnThread(name: "signals") {
      Signals.blockTermination()
      pthread_kill(pthread_self(), SIGTERM)
      let number = Signals.waitForTermination()
      received.withLock { $0 = number }
    }
    thread.join()
    #expect(received.withLock { $0 } == SIGTERM)
  }
}
