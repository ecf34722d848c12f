# What one does here. `make` alone lists it. Everything is built from pinned modules; nothing is installed outside of this
# folder and Go's caches, except for PostgreSQL, a C compiler, strace, runc and a browser where they are missing and apt is there.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
REPOSITORY ?= account-operator
IMAGE ?= $(REPOSITORY):$(VERSION)
# With PUSH=1, `make image` pushes, too, with the access that docker login left.
PUSH ?=

# What `make test` runs, as in: make test PKG=./internal/... ARGS='-run TestName -v'
PKG ?= ./...
ARGS ?=
# The race detector; RACE= leaves it out.
RACE ?= -race
# SQLite is C, translated to Go. Watched for races, it takes four times as long, and what it does with its own memory is not ours to find.
UNWATCHED := $(if $(RACE),$(patsubst %,-gcflags=%=-race=false,modernc.org/sqlite/lib modernc.org/libc modernc.org/memory))
# Packages, or parts of long ones, that are tested at once. Each brings its own API server and etcd. Of three that shared two cores, each
# took 0.3 (internal/store/sqlstore) to 0.66 (test/e2e) of one, and waited for the rest of its time.
JOBS ?= 4

comma := ,

# A workspace around this folder would change what is built.
export GOWORK := off

TOOL := go tool -modfile=hack/tools/go.mod
# One linter for each state of what it is made of.
LINTER = bin/golangci-lint-$(shell cat hack/tools/go.mod hack/tools/golangci/main.go <(go env GOVERSION) | cksum | cut -d' ' -f1)

##@ Try it

.PHONY: help
help: ## List what can be made
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@ / {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo

.PHONY: demo
demo: controlplane build ## A guided tour in the terminal: everything starts, is shown, and stops again
	hack/demo/demo.sh

.PHONY: up
up: controlplane build ## The same parts, left running, with what to try
	hack/demo/up.sh

##@ Work on it

.PHONY: dev
dev: controlplane build ## The same parts, with a manager that is built and started anew whenever its code changes, and its log
	hack/demo/dev.sh

.PHONY: test
test: controlplane postgres compiler strace s3server openid helm promtool gitops ## Run every test with the race detector; PKG and ARGS narrow it down
	$(if $(or $(filter ./...,$(PKG)),$(findstring portal,$(PKG)),$(findstring site,$(PKG))),hack/install-browser.sh || echo "test: no page is looked at in a browser")
	$(if $(or $(filter ./...,$(PKG)),$(findstring site,$(PKG))),hack/install-node.sh hack/site || echo "test: the documentation's site is not built")
	$(if $(or $(filter ./...,$(PKG)),$(findstring realnode,$(PKG))),hack/realnode.sh)
	CGO_ENABLED=$(if $(RACE),1,0) go run ./test/suite -jobs=$(JOBS) $(PKG) -- $(RACE) $(UNWATCHED) $(ARGS)
	$(if $(filter ./...,$(PKG)),CGO_ENABLED=$(if $(RACE),1,0) go test -C hack/controlplane $(RACE) ./...)
	$(if $(filter ./...,$(PKG)),CGO_ENABLED=0 go test -C hack/image -timeout=25m ./...)
	$(if $(filter ./...,$(PKG)),CGO_ENABLED=0 go test -C hack/release -timeout=25m ./...)
	$(if $(filter ./...,$(PKG)),CGO_ENABLED=0 go test -C hack/kind -timeout=5m ./...)

.PHONY: test-fast
test-fast: ## Run the tests that start no server, without the race detector: what one runs between edits
	CGO_ENABLED=0 go run ./test/suite -fast $(PKG) -- $(ARGS)

.PHONY: portal-check
portal-check: browser ## Look at the portal's pages in a browser; pictures go to hack/browser/screenshots
	go test -count=1 -run InABrowser -v ./internal/portal -screenshots=$(CURDIR)/hack/browser/screenshots

.PHONY: site
site: node ## Build docs/ into a site with search, hack/site/.vitepress/dist; SITE_BASE=/path/ on its host, SITE_SOURCE=address of the repository's files
	cd hack/site && node_modules/.bin/vitepress build

.PHONY: site-serve
site-serve: site ## Show it at http://localhost:4173
	cd hack/site && node_modules/.bin/vitepress preview

.PHONY: site-check
site-check: node browser ## Look at every page of the site in a browser; pictures go to hack/site/screenshots
	go test -count=1 -v ./hack/site -screenshots=$(CURDIR)/hack/site/screenshots

.PHONY: bench
bench: controlplane postgres ## Measure the manager beside a bare controller into docs/benchmarks.md (half an hour)
	go run ./test/bench $(ARGS)

.PHONY: bench-long
bench-long: controlplane postgres ## The same with more of every size, and with 50,000 objects (some hours)
	go run ./test/bench -long -out=docs/benchmarks-long $(ARGS)

.PHONY: bench-compare
bench-compare: ## Compare two results, as in: make bench-compare OLD=a.json NEW=b.json
	@go run ./test/bench/compare $(OLD) $(NEW)

.PHONY: fault
fault: controlplane postgres s3server strace ## Count the cases of the fault suite into docs/reliability.md; GOALS=G2,G3 takes some, CASE= one by its name
	go run ./test/fault/suite $(if $(GOALS),-goals=$(GOALS)) $(if $(CASE),-case='$(CASE)') $(ARGS)

.PHONY: mutants
mutants: controlplane ## Plant known bugs in a copy, and expect their tests to find them; ARGS names patches of test/mutants
	test/mutants/run.sh $(ARGS)

.PHONY: mutation
mutation: ## Change the pure packages one operator at a time, and expect 90 % to be found (more than half an hour); ARGS=internal/seal takes one
	go run ./test/mutation $(ARGS)

.PHONY: lint
lint: $(LINTER) ## Run the linters on every module
	$(LINTER) run ./...
	cd hack/controlplane && ../../$(LINTER) run --config=../../.golangci.yml ./...
	cd hack/gitops && ../../$(LINTER) run --config=../../.golangci.yml ./...
	cd hack/image && ../../$(LINTER) run --config=../../.golangci.yml ./...
	cd hack/kind && ../../$(LINTER) run --config=../../.golangci.yml ./...
	cd hack/release && ../../$(LINTER) run --config=../../.golangci.yml ./...
	cd hack/tools && ../../$(LINTER) run --config=../../.golangci.yml ./...

.PHONY: vulnerabilities
vulnerabilities: ## Ask Go's database for known vulnerabilities in what is called; where it cannot be reached, say so
	@hack/vulncheck/run.sh

.PHONY: generate
generate: ## Write what is made: DeepCopy functions, CRDs, docs/api.md, the manifests that list kinds, the policies on Secrets and ConfigMaps, what chart and dist have of config, tables in docs
	$(TOOL) controller-gen object:headerFile=hack/boilerplate.go.txt crd:headerFile=/dev/null \
		paths=./api/... output:crd:dir=config/crd/bases
	CGO_ENABLED=0 go tool -modfile=hack/apiref/go.mod crd-ref-docs --source-path=api/v1alpha1 --config=hack/apiref/config.yaml \
		--renderer=markdown --output-path=docs/api.md --log-level=ERROR
	go run ./hack/kinds
	go run ./hack/policy config/admission
	go run ./hack/chart
	go run ./hack/docs
	cp internal/reader/openapi.yaml docs/reader-openapi.yaml
	go run ./test/fault/suite -page
	go run ./test/house/picture
	$(TOOL) kustomize build config/default >dist/install.yaml

.PHONY: format
format: $(LINTER) ## Format the code as the linters want it
	$(LINTER) fmt

.PHONY: verify
verify: ## What every push has to pass: generate, lint, known vulnerabilities, test, and a clean tree
	$(MAKE) generate clean-tree
	$(MAKE) lint
	$(MAKE) vulnerabilities
	$(MAKE) test ARGS='-vet=off $(ARGS)' # what go test vets is part of what lint did
	$(MAKE) clean-tree

.PHONY: clean-tree
clean-tree:
	@if [ -n "$$(git status --porcelain)" ]; then \
		git --no-pager diff; git status --short; \
		echo "verify: the tree is not what is committed; commit what was generated, and let tests write elsewhere" >&2; \
		exit 1; \
	fi

##@ Ship it

.PHONY: build
build: ## Build bin/manager, bin/kubectl-account, the plugin of kubectl, and bin/account-env
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$(VERSION)" -o bin/ ./cmd/manager ./cmd/kubectl-account ./cmd/account-env
	ln -sf kubectl-account bin/kubectl_complete-account

.PHONY: image
image: ## Make the container image for amd64 and arm64, bin/image/image.tar; IMAGE=registry/name:tag PUSH=1 pushes it. No container builder is needed
	@for architecture in amd64 arm64; do \
		CGO_ENABLED=0 GOOS=linux GOARCH=$$architecture GOAMD64=v1 GOARM64=v8.0 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$(VERSION)" \
			-o bin/image/manager-linux-$$architecture ./cmd/manager; \
	done
	@CGO_ENABLED=0 go run -C hack/image . -programs=$(CURDIR)/bin/image -version=$(VERSION) -name=$(IMAGE) \
		-created=$$(git show --no-patch --format=%ct HEAD 2>/dev/null || echo 0) -archive=$(CURDIR)/bin/image/image.tar $(if $(PUSH),-push=$(IMAGE))
	@echo "image: bin/image/image.tar is $(IMAGE)$(if $(PUSH),$(comma) and pushed)"

.PHONY: release
release: ## Make release/VERSION from the commit: programs, chart, manifests, SBOMs, checksums; VERSION=v0.1.0 REPOSITORY=of-the-image
	go run -C hack/release . -version=$(VERSION) -image=$(REPOSITORY) -out=$(CURDIR)/release/$(VERSION)

.PHONY: manifests
manifests: ## Print what an installation consists of
	@$(TOOL) kustomize build config/default

##@ What they need

.PHONY: controlplane
controlplane: ## Build etcd and Kubernetes for the tests and the demo, if need be (7 minutes the first time)
	hack/controlplane/build.sh

.PHONY: realnode
realnode: controlplane ## Build containerd and the node of Kubernetes, and install runc, for tests in which Pods run (root only)
	hack/realnode.sh

.PHONY: postgres
postgres: ## Install PostgreSQL, if need be
	hack/install-postgres.sh

.PHONY: browser
browser: ## Install a browser and what drives it, if need be
	hack/install-browser.sh

.PHONY: node
node: ## Install Node.js and what builds the site, if need be
	hack/install-node.sh hack/site

.PHONY: compiler
compiler:
	@hack/tools/compiler.sh

.PHONY: strace
strace:
	@hack/tools/strace.sh

.PHONY: openid
openid: # an OpenID Connect provider, into Go's build cache; 40 CPU seconds the first time
	@CGO_ENABLED=0 go -C hack/openid tool -n openid >/dev/null

.PHONY: s3server
s3server: # into Go's build cache; 2 minutes the first time
	@CGO_ENABLED=0 go -C hack/s3server tool -n versitygw >/dev/null

.PHONY: helm
helm: # into Go's build cache; 3 minutes the first time
	@CGO_ENABLED=0 go -C hack/helm tool -n helm >/dev/null

.PHONY: gitops
gitops: # 950 packages the first time
	@CGO_ENABLED=0 go build -C hack/gitops -trimpath -buildvcs=false -o bin/ ./flux ./argocd

.PHONY: promtool
promtool: # 1,100 packages the first time, without the service discoveries of two dozen clouds
	@CGO_ENABLED=0 go build -C hack/promtool -tags remove_all_sd -buildvcs=false -o bin/promtool github.com/prometheus/prometheus/cmd/promtool

$(LINTER):
	@echo "lint: building golangci-lint with kube-api-linter; with an empty build cache this takes about 4 minutes on two cores"
	@rm -f bin/golangci-lint bin/golangci-lint-*
	go build -C hack/tools -buildvcs=false -o ../../$@ ./golangci
