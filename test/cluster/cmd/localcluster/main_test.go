package main

import (
	"bufio"
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-logr/logr"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/account-operator/account-operator/test/await"
)

func TestMain(m *testing.M) {
	log.SetLogger(logr.Discard())
	goleak.VerifyTestMain(m)
}

func TestLocalCluster_Serves_UntilItIsStopped(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "local")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, []string{"--crds=test/cluster/testdata", dir}, in)
		_ = in.CloseWithError(err)
		ended <- err
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	word, kubeconfig, _ := strings.Cut(strings.TrimSpace(line), " ")
	if word != "ready" || kubeconfig != filepath.Join(dir, "kubeconfig") {
		t.Errorf("printed %q", line)
	}
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.New(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.List(ctx, &corev1.NamespaceList{}); err != nil {
		t.Error(err)
	}
	cancel()
	if err := await.Value(t, ended); err != nil {
		t.Error(err)
	}
}

func TestArguments(t *testing.T) {
	o, err := parse([]string{"--crds=a", "--crds=b", "--port=7443", "--audit", "--durable", "dir"})
	if err != nil {
		t.Fatal(err)
	}
	if len(o.CRDs) != 2 || o.Port != 7443 || !o.Audit || !o.Durable || o.Dir != "dir" {
		t.Errorf("options = %+v", o)
	}
	for _, args := range [][]string{{}, {"a", "b"}, {"--nope", "a"}} {
		if _, err := parse(args); err == nil {
			t.Errorf("arguments %q are accepted", args)
		}
	}
}
