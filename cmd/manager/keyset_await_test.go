package main

import (
	"context"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/port"
)

// vaultOf is a server that answers with the status, and the flags of a manager that is to ask it.
func vaultOf(t *testing.T, status *atomic.Int32) (flags []string) {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(int(status.Load())) }))
	t.Cleanup(server.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("VAULT_CACERT", ca)
	t.Setenv("VAULT_MAX_RETRIES", "0")
	t.Setenv("VAULT_TOKEN", "canary")
	return []string{
		"--seal-keyset-file=" + wrappedByAnother(t), "--seal-keyset-kms=hcvault://" + server.Listener.Addr().String() + "/transit/keys/keyset",
	}
}

// answers is what a process says of itself, 0 where nobody answers.
func answers(t *testing.T, url string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

// Given a KMS that is sealed as a manager starts, then the manager lives and is not ready, and asks again; when the answer is one that waiting does not
// mend, then it ends and says what to change.
func TestStart_KMSIsSealed_LivesAndIsNotReady(t *testing.T) {
	var status atomic.Int32
	status.Store(http.StatusServiceUnavailable)
	address, err := port.Free(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := parsed(t, append(vaultOf(t, &status), "--health-probe-bind-address="+address)...)
	ended := make(chan error, 1)
	go func() { ended <- c.awaitKeyset(t.Context(), c.managersHealth) }()

	for pauses, deadline := await.Pauses(), time.Now().Add(time.Minute); answers(t, "http://"+address+"/healthz") != http.StatusOK; <-time.After(pauses.Step()) {
		if time.Now().After(deadline) {
			t.Fatal("it does not live")
		}
	}
	if got := answers(t, "http://"+address+"/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("whether it is ready: %d", got)
	}

	status.Store(http.StatusForbidden)
	if err := await.Value(t, ended); exitCode(err) != exitStartup || !strings.Contains(err.Error(), "the token in VAULT_TOKEN expired or was revoked") || strings.Contains(err.Error(), "canary") {
		t.Errorf("it ends with %d: %v", exitCode(err), err)
	}
	if got := answers(t, "http://"+address+"/healthz"); got != 0 {
		t.Errorf("somebody answers for it still: %d", got)
	}
}

func TestStart_StoppedWhileTheKMSIsAway_Ends(t *testing.T) {
	var status atomic.Int32
	status.Store(http.StatusServiceUnavailable)
	c := parsed(t, append(vaultOf(t, &status), "--health-probe-bind-address=0")...)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.awaitKeyset(ctx, c.managersHealth) }()
	stop()
	if err := await.Value(t, ended); err != nil {
		t.Errorf("it ends with %v", err)
	}
}
