package kms

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/vault/api"
	"github.com/tink-crypto/tink-go-hcvault/v2/integration/hcvault"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/account-operator/account-operator/internal/loopback"
)

// answersWithin bounds a request with its retries, unless VAULT_CLIENT_TIMEOUT does: a login and a request end before a manager that stops is given up.
const answersWithin = 8 * time.Second

// vault is a key of the transit engine of HashiCorp Vault or OpenBao.
type vault struct {
	tink.AEAD

	options Options
	client  *api.Client
}

// keyPath is where a transit engine has a key, below the mount.
var keyPath = regexp.MustCompile(`^(/[\w.-]+)+/keys/[\w.-]+$`)

func newVault(o Options) (tink.AEAD, error) {
	// What is malformed is not repeated: whoever wrote it may have put a token into it.
	uri, err := url.Parse(o.URI)
	if err != nil || uri.Hostname() == "" || uri.User != nil || uri.RawQuery != "" || uri.Fragment != "" || !keyPath.MatchString(uri.Path) {
		return nil, errors.New("the key's URI is as hcvault://HOST:8200/transit/keys/NAME, and holds no token and no parameters")
	}
	client, err := newClient(uri.Host)
	if err != nil {
		return nil, err
	}
	key, err := hcvault.NewAEAD(uri.Path, client.Logical())
	return &vault{AEAD: key, options: o, client: client}, err
}

// newClient asks this host, with what VAULT_CACERT and the like say.
func newClient(host string) (client *api.Client, err error) {
	config := api.DefaultConfig()
	if config.Error != nil {
		return nil, environmentError()
	}
	if skips, _ := strconv.ParseBool(os.Getenv(api.EnvVaultSkipVerify)); skips {
		return nil, errors.New("VAULT_SKIP_VERIFY has whoever answers pass for the key management service, and would give him the token and the keyset: " +
			"unset it, and name the CA of the server's certificate by VAULT_CACERT")
	}
	config.AgentAddress = "" // the URI says whom to ask
	if config.Address, err = address(host); err != nil {
		return nil, err
	}
	if os.Getenv(api.EnvVaultClientTimeout) == "" {
		config.Timeout = answersWithin
	}
	if transport, is := config.HttpClient.Transport.(*http.Transport); is {
		transport.DisableKeepAlives = true // it is asked once in a long while
	}
	if client, err = api.NewClient(config); err != nil {
		return nil, environmentError()
	}
	return client, nil
}

// address is of https, but for an agent on this machine that VAULT_ADDR names as well.
func address(host string) (string, error) {
	if named, err := url.Parse(os.Getenv(api.EnvVaultAddress)); err == nil && named.Host == host && named.Scheme == "http" {
		if !loopback.Is(named.Hostname()) {
			return "", errors.New("VAULT_ADDR has http for a key management service on another machine, and a keyset does not go there in clear text: give https")
		}
		return "http://" + host, nil
	}
	return "https://" + host, nil
}

// environmentError names a file that is missing. Other texts of the library repeat what the variable holds.
func environmentError() error {
	for _, name := range []string{api.EnvVaultCACert, api.EnvVaultCAPath, api.EnvVaultClientCert, api.EnvVaultClientKey} {
		if path := os.Getenv(name); path != "" {
			if _, err := os.Stat(path); err != nil {
				return fmt.Errorf("the environment variable %s: %w", name, err)
			}
		}
	}
	return errors.New("the environment variables of the Vault client, VAULT_..., cannot be used as they are")
}

func (v *vault) Encrypt(plaintext, associatedData []byte) ([]byte, error) {
	if err := v.logIn(); err != nil {
		return nil, err
	}
	wrapped, err := v.AEAD.Encrypt(plaintext, associatedData)
	return wrapped, v.explained(err, "there is no such key, or none that encrypts with associated data, such as one of type aes256-gcm96")
}

func (v *vault) Decrypt(ciphertext, associatedData []byte) ([]byte, error) {
	if err := v.logIn(); err != nil {
		return nil, err
	}
	opened, err := v.AEAD.Decrypt(ciphertext, associatedData)
	if err == nil && len(opened) == 0 {
		return nil, &AwayError{"what answers at " + v.client.Address() + " is no Vault or OpenBao"}
	}
	return opened, v.explained(err, "the key does not open it: another one wrapped it, it was altered, or that version of the key is gone")
}

// logIn gets a token, each time: none has to be kept alive.
func (v *vault) logIn() error {
	if v.options.Role == "" {
		return nil
	}
	proof, err := os.ReadFile(v.options.TokenFile)
	if err != nil {
		return errors.New("reading the token to log in with: " + err.Error())
	}
	path := "auth/" + strings.Trim(v.options.AuthMount, "/") + "/login"
	v.client.ClearToken()
	answer, err := v.client.Logical().Write(path, map[string]any{"role": v.options.Role, "jwt": strings.TrimSpace(string(proof))})
	if err != nil {
		return v.explained(err, "it lets nobody log in as the role at "+path)
	}
	token, err := answer.TokenID()
	if err != nil || token == "" {
		return &AwayError{"what answers at " + v.client.Address() + " is no Vault or OpenBao"}
	}
	v.client.SetToken(token)
	return nil
}
