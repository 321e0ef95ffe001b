# Everything a newcomer needs: `make run` and `make test` do all set-up themselves.

SWIFT_FLAGS = -Xswiftc -warnings-as-errors
RELEASE = .build/release/countersign

.PHONY: run test build setup unit allocations end-to-end lint format bench crash-long fuzz clean

run: setup build
	@.ci/start $(RELEASE)

test: setup unit allocations end-to-end

build:
	swift build -c release --static-swift-stdlib --product countersign $(SWIFT_FLAGS)
	swift build -c release --static-swift-stdlib --product countersign-conformance $(SWIFT_FLAGS)

setup:
	@.ci/setup

unit:
	swift build --build-tests $(SWIFT_FLAGS)
	swift test --skip-build

allocations:
	swift build -c release --static-swift-stdlib --product cedar-bench $(SWIFT_FLAGS)
	.build/release/cedar-bench --allocations

end-to-end: build
	COUNTERSIGN=$(RELEASE) python3 Tests/EndToEnd/run.py

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests

bench: setup build
	swift build -c release --static-swift-stdlib --product cedar-bench $(SWIFT_FLAGS)
	COUNTERSIGN=$(RELEASE) python3 Tests/Benchmarks/run.py

crash-long: setup build
	COUNTERSIGN=$(RELEASE) CRASH_TRIALS=200 python3 Tests/EndToEnd/run.py test_crash

# make fuzz TARGET=formatter SECONDS=600; without a target it names them all
fuzz:
	@Tests/Fuzz/run.sh $(TARGET) $(SECONDS)

clean:
	rm -rf .build data
