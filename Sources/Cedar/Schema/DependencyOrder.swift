/// The nodes of a graph in an order in which each comes after those it points to.
struct DependencyOrder {
  /// Every node once; of each cycle one stands before what it points to.
  private(set) var nodes: [Int] = []
  /// One node of each cycle that was met.
  private(set) var cyclic: [Int] = []

  /// Orders the nodes `0..<edges.count`. In a loop: chains are as long as the input likes. Complexity: O(nodes + edges).
  init(_ edges: [[Int]]) {
    enum State { case new, open, done }
    var states = [State](repeating: .new, count: edges.count)
    var path: [(node: Int, next: Int)] = []
    for root in edges.indices where states[root] == .new {
      path.append((root, 0))
      states[root] = .open
      while let (node, next) = path.last {
        guard next < edges[node].count else {
          states[node] = .done
          nodes.append(node)
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let target = edges[node][next]
        switch states[target] {
        case .new:
          states[target] = .open
          path.append((target, 0))
        case .open: if cyclic.last != target { cyclic.append(target) }
        case .done: break
        }
      }
    }
  }
}
