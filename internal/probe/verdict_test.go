package probe

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// What a provider of S3's protocol answers, and what a user is told to do: a cause that is the credentials' is never said to be the
// endpoint's, nor the other way round.
func TestJudgeBucket_EachAnswer_NamesItsOwnCause(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		code   string // of the body; "" for none
		want   Outcome
		says   string
	}{
		"a key that the provider does not know":          {403, "InvalidAccessKeyId", CredentialsRejected, "put valid ones into the Secret"},
		"a key that the token service does not know":     {403, "InvalidClientTokenId", CredentialsRejected, "put valid ones into the Secret"},
		"a secret that does not fit the key":             {403, "SignatureDoesNotMatch", CredentialsRejected, "put valid ones into the Secret"},
		"a token that ended":                             {400, "ExpiredToken", CredentialsRejected, "put valid ones into the Secret"},
		"an empty 401":                                   {401, "", CredentialsRejected, "put valid ones into the Secret"},
		"an empty 403":                                   {403, "", AccessDenied, "did not say why"},
		"a 403 with a code of the provider's own":        {403, "SomethingNew", AccessDenied, "did not say why"},
		"a right that is missing":                        {403, "AccessDenied", AccessDenied, "s3:ListBucket"},
		"a request that is not understood":               {400, "InvalidRequest", Unreachable, "signatures of version 4"},
		"a bucket that is not there":                     {404, "NoSuchBucket", BucketNotFound, "no bucket of this name"},
		"a bucket in another region":                     {301, "PermanentRedirect", BucketNotFound, "region"},
		"a provider that is out of order":                {503, "", Unreachable, "out of order"},
		"a page that is no answer of S3's":               {404, "", Unreachable, "correct the endpoint or region"},
		"a provider that asks to wait":                   {429, "", Unreachable, "no time now"},
		"a bucket that is there and may not be listed":   {403, "AllAccessDisabled", AccessDenied, "s3:ListBucket"},
		"a bucket of another account, told in new words": {401, "Unauthorized", CredentialsRejected, "put valid ones into the Secret"},
	} {
		t.Run(name, func(t *testing.T) {
			body := ""
			if c.code != "" {
				body = "<Error><Code>" + c.code + "</Code></Error>"
			}
			got := judgeBucket(&http.Response{StatusCode: c.status, Body: io.NopCloser(strings.NewReader(body))})
			if got.Outcome != c.want || !strings.Contains(got.Advice, c.says) {
				t.Errorf("judged %+v", got)
			}
			if c.want != Unreachable && strings.Contains(got.Advice, "endpoint") {
				t.Errorf("the endpoint is blamed: %s", got.Advice)
			}
		})
	}
}
