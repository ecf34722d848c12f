package probe

import (
	"bytes"
	"context"
	"encoding/xml"
	"net/http"

	"github.com/minio/minio-go/v7/pkg/signer"
)

// key names the two credentials that sign a request of S3's protocol.
type key struct{ id, secret string }

// noContent is the SHA-256 of an empty body, which is part of what is signed.
const noContent = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// checkBucket lists one object. The bucket stands in the path, so that no name of a bucket becomes part of a host's.
func checkBucket(ctx context.Context, client *http.Client, host string, t Target, k key) Verdict {
	id, secret := t.Credentials[k.id].Reveal(), t.Credentials[k.secret].Reveal()
	if bytes.ContainsFunc(id, func(r rune) bool { return r < '!' || r > '~' }) {
		return rejected // no key looks like that, and no header can hold it
	}
	address := "https://" + host + "/" + t.Bucket + "?list-type=2&max-keys=1"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return unfamiliar
	}
	request.Header.Set("X-Amz-Content-Sha256", noContent)
	request = signer.SignV4(*request, string(id), string(secret), "", t.Region)
	answer, err := client.Do(request)
	if err != nil {
		return failed(err)
	}
	defer func() { _ = answer.Body.Close() }()
	return judgeBucket(answer)
}

// s3Answer is what a listing or an error has that a verdict depends on.
type s3Answer struct {
	XMLName xml.Name
	Code    string
}

// codes are those of S3's errors that say more than their status does.
var codes = map[string]Verdict{
	"InvalidAccessKeyId":           rejected,
	"InvalidClientTokenId":         rejected,
	"UnrecognizedClientException":  rejected,
	"AuthFailure":                  rejected,
	"Unauthorized":                 rejected,
	"UnauthorizedAccess":           rejected,
	"TokenRefreshRequired":         rejected,
	"InvalidRequest":               notTaken,
	"SignatureDoesNotMatch":        rejected,
	"InvalidToken":                 rejected,
	"ExpiredToken":                 rejected,
	"InvalidSecurity":              rejected,
	"NotSignedUp":                  rejected,
	"AccountProblem":               rejected,
	"AccessDenied":                 noListing,
	"AllAccessDisabled":            noListing,
	"AccessDeniedException":        noListing,
	"NoSuchBucket":                 noBucket,
	"InvalidBucketName":            noBucket,
	"PermanentRedirect":            noBucket, // the bucket is in another region
	"AuthorizationHeaderMalformed": noBucket, // the server is in another region
	"RequestTimeTooSkewed":         skewed,
}

func judgeBucket(answer *http.Response) Verdict {
	var said s3Answer
	if err := xml.NewDecoder(bounded(answer)).Decode(&said); err != nil {
		return judgeStatus(answer.StatusCode)
	}
	if answer.StatusCode == http.StatusOK && said.XMLName.Local == "ListBucketResult" {
		return accepted
	}
	if v, known := codes[said.Code]; known && said.XMLName.Local == "Error" {
		return v
	}
	return judgeStatus(answer.StatusCode)
}
