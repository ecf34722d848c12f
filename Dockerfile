# A static binary on distroless, as nobody, for those who build images with a container builder. It needs a way to the registries that
# the two images come from; `make image` needs neither, and makes an image that runs the same.
ARG GO_VERSION=1.26

FROM --platform=$BUILDPLATFORM golang:${GO_VERSION} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY api api
COPY cmd cmd
COPY config/crd config/crd
COPY internal internal
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=dev
RUN CGO_ENABLED=0 GOOS=${TARGETOS} GOARCH=${TARGETARCH} \
    go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=${VERSION}" -o /out/manager ./cmd/manager
# Where SQLite keeps its file, for those who mount no volume there.
RUN mkdir -p /out/store

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/manager /manager
COPY --from=build --chown=65532:65532 /out/store /var/lib/account-operator
USER 65532:65532
ENTRYPOINT ["/manager"]
