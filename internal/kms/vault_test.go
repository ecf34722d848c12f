package kms_test

import (
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/account-operator/account-operator/internal/kms"
)

// The tests of this file are about failures, by servers that answer so. None of them is a key management service.

const (
	plain = "canary-plain-keyset"
	token = "canary-token"
)

// answering is a key of a server that answers so, by TLS that is trusted.
func answering(t *testing.T, answer http.HandlerFunc) (key tink.AEAD, host string) {
	t.Helper()
	server := httptest.NewTLSServer(answer)
	t.Cleanup(server.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	encoded := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(ca, encoded, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("VAULT_CACERT", ca)
	t.Setenv("VAULT_MAX_RETRIES", "0")
	host = server.Listener.Addr().String()
	return keyAt(t, host), host
}

func keyAt(t *testing.T, host string) tink.AEAD {
	t.Helper()
	t.Setenv("VAULT_TOKEN", token)
	key, err := kms.Key(kms.Options{URI: "hcvault://" + host + "/transit/keys/keyset"})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func isAway(err error) bool {
	away := (*kms.AwayError)(nil)
	return errors.As(err, &away)
}

// repeating answers with what it was sent, as a proxy does that is set up to help.
func repeating(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"errors": [%q, %q, %q]}`, sent, r.Header.Get("X-Vault-Token"), plain)
	}
}

// Given a server that fails and repeats what it was sent, when it is asked, then the error says what to do, whether to ask again, and nothing of that.
func TestKey_ServerFails_SaysWhyAndNothingThatWasSent(t *testing.T) {
	for status, want := range map[int]struct {
		says string
		away bool
	}{
		http.StatusBadRequest:          {"the key does not open it: another one wrapped it", false},
		http.StatusNotFound:            {"the key does not open it", false},
		http.StatusUnauthorized:        {"the token in VAULT_TOKEN expired or was revoked", false},
		http.StatusForbidden:           {"its policies lack update on encrypt/NAME or decrypt/NAME", false},
		http.StatusTooManyRequests:     {"failed (HTTP 429)", true},
		473:                            {"failed (HTTP 473)", true},
		http.StatusInternalServerError: {"failed (HTTP 500)", true},
		http.StatusServiceUnavailable:  {"is sealed, or not ready", true},
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			key, host := answering(t, repeating(status))
			_, err := key.Decrypt([]byte("vault:v1:x"), []byte("ad"))
			if err == nil || !strings.Contains(err.Error(), want.says) || !strings.Contains(err.Error(), host) || isAway(err) != want.away {
				t.Errorf("away: %t, %v", isAway(err), err)
			}
			if _, err := key.Encrypt([]byte(plain), nil); err == nil || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "Y2FuYXJ5") {
				t.Errorf("wrapping: %v", err)
			}
		})
	}
}

// Given a server that is something else, when it is asked, then it counts as one that is away, whatever it answers.
func TestKey_AnswerIsNoVaults_IsAway(t *testing.T) {
	for name, body := range map[string]string{"nothing": "", "a page": "<html>canary</html>", "an empty object": "{}", "another object": `{"data": {"plaintext": 7}}`} {
		t.Run(name, func(t *testing.T) {
			key, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
			if _, err := key.Decrypt([]byte("vault:v1:x"), nil); !isAway(err) || strings.Contains(err.Error(), "canary") {
				t.Errorf("unwrapping: %v", err)
			}
			if _, err := key.Encrypt([]byte(plain), nil); !isAway(err) || strings.Contains(err.Error(), "canary") {
				t.Errorf("wrapping: %v", err)
			}
		})
	}
}

// Given a server that is gone, one whose certificate nobody vouches for, and one without TLS, then each is said as what it is.
func TestKey_NoWayToTheServer_SaysWhy(t *testing.T) {
	t.Setenv("VAULT_MAX_RETRIES", "0")
	gone := httptest.NewServer(nil)
	gone.Close()
	untrusted := httptest.NewTLSServer(nil)
	defer untrusted.Close()
	openly := httptest.NewServer(nil)
	defer openly.Close()
	for server, want := range map[*httptest.Server]struct {
		says string
		away bool
	}{
		gone:      {"connection refused", true},
		untrusted: {"is not trusted, or is another host's: name its CA by VAULT_CACERT", false},
		openly:    {"speaks no TLS", false},
	} {
		_, err := keyAt(t, server.Listener.Addr().String()).Decrypt([]byte("vault:v1:x"), nil)
		if err == nil || !strings.Contains(err.Error(), want.says) || isAway(err) != want.away {
			t.Errorf("away: %t, %v; want: %s", isAway(err), err, want.says)
		}
	}
}

// Given a URI that names no key, or holds what it must not, then it is refused without being repeated.
func TestKey_URIIsNone_IsRefusedWithoutRepeatingIt(t *testing.T) {
	for _, uri := range []string{
		"", "canary", "hcvault://", "hcvault://host", "hcvault://host/canary", "hcvault:///transit/keys/canary", "hcvault://canary@host/transit/keys/k",
		"hcvault://host/transit/keys/k?token=canary", "hcvault://host/transit/keys/k#canary", "hcvault://host/transit/../keys/canary/", "hcvault://host:x/transit/keys/canary",
		"hcvault://host/keys/canary", "hcvault://host/transit/keys/can%2Fary",
	} {
		if key, err := kms.Key(kms.Options{URI: uri}); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: %v, %v", uri, key, err)
		}
	}
	for _, uri := range []string{"aws-kms://arn:aws:kms:eu-central-1:1:key/x", "gcp-kms://projects/p", "azure-kms://x"} {
		if _, err := kms.Key(kms.Options{URI: uri}); err == nil || !strings.Contains(err.Error(), "there is hcvault") {
			t.Errorf("%s: %v", uri, err)
		}
	}
	for _, uri := range []string{"hcvault://host:8200/transit/keys/k", "hcvault://[::1]:8200/team/a/transit/keys/a-b_c.d"} {
		if _, err := kms.Key(kms.Options{URI: uri}); err != nil {
			t.Errorf("%s: %v", uri, err)
		}
	}
}

// Given VAULT_ADDR with http, then only an agent on this machine is asked in clear text.
func TestKey_AddressWithoutTLS_IsTakenOfThisMachineOnly(t *testing.T) {
	t.Setenv("VAULT_ADDR", "http://vault.example.com:8200")
	if _, err := kms.Key(kms.Options{URI: "hcvault://vault.example.com:8200/transit/keys/k"}); err == nil || !strings.Contains(err.Error(), "does not go there in clear text") {
		t.Errorf("another machine: %v", err)
	}
	agent := httptest.NewServer(repeating(http.StatusServiceUnavailable))
	defer agent.Close()
	t.Setenv("VAULT_ADDR", agent.URL)
	if _, err := keyAt(t, agent.Listener.Addr().String()).Decrypt([]byte("vault:v1:x"), nil); err == nil || !strings.Contains(err.Error(), "is sealed") {
		t.Errorf("an agent: %v", err)
	}
}

// Given an environment in which certificates are not checked, then nobody is asked: whoever answered would have the token and the keyset.
func TestKey_CertificatesAreNotToBeChecked_IsRefused(t *testing.T) {
	for value, refused := range map[string]bool{"true": true, "1": true, "false": false, "0": false, "": false} {
		t.Setenv("VAULT_SKIP_VERIFY", value)
		_, err := kms.Key(kms.Options{URI: "hcvault://host/transit/keys/k"})
		if said := err != nil && strings.Contains(err.Error(), "VAULT_SKIP_VERIFY"); said != refused {
			t.Errorf("VAULT_SKIP_VERIFY=%s: %v", value, err)
		}
	}
}

// Given an environment that the client cannot use, then it is said without what it holds.
func TestKey_EnvironmentCannotBeUsed_IsSaidWithoutItsValue(t *testing.T) {
	for name, want := range map[string]string{"VAULT_MAX_RETRIES": "cannot be used as they are", "VAULT_PROXY_ADDR": "cannot be used as they are", "VAULT_CACERT": "VAULT_CACERT: stat /absent/ca.pem"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, map[bool]string{true: "/absent/ca.pem", false: "http://user:canary@%zz"}[name == "VAULT_CACERT"])
			if _, err := kms.Key(kms.Options{URI: "hcvault://host/transit/keys/k"}); err == nil || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestLogIn_NoTokenToShow_SaysWhichFile(t *testing.T) {
	absent := filepath.Join(t.TempDir(), "token")
	key, err := kms.Key(kms.Options{URI: "hcvault://host/transit/keys/k", Role: "account-operator", AuthMount: "kubernetes", TokenFile: absent})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := key.Decrypt(nil, nil); err == nil || !strings.Contains(err.Error(), absent) {
		t.Errorf("got %v", err)
	}
}
