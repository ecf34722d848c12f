package probe

import (
	"io"
	"log"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/account-operator/account-operator/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// soon is how long anything may take that has nothing to wait for but us.
const soon = 30 * time.Second

// canary is in every secret of these tests.
const canary = "c4n4ry-s3cr3t"

func credentials(namesAndValues ...string) map[string]store.Secret {
	all := map[string]store.Secret{}
	for i := 0; i < len(namesAndValues); i += 2 {
		all[namesAndValues[i]] = store.NewSecret([]byte(namesAndValues[i+1]))
	}
	return all
}

// s3At is the bucket "data" of the server at the endpoint.
func s3At(endpoint, id, secret string) Target {
	return Target{
		Provider: AmazonS3, Bucket: "data", Region: "eu-central-1", Endpoint: endpoint,
		Credentials: credentials("accessKeyID", id, "secretAccessKey", secret),
	}
}

// quiet takes what a server says about peers that hang up.
var quiet = log.New(io.Discard, "", 0)
