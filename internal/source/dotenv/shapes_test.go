package dotenv

import (
	"errors"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/test/long"
	"github.com/account-operator/account-operator/test/shapes"
)

// Given secrets of all real shapes, when each comes in a .env text in any of the ways that people bring them, then no name and no
// error has a part of it: either the text is refused, or the secret is a value.
func TestParse_SecretsOfRealShapes_NoneBecomesAName(t *testing.T) {
	taken, refused := 0, 0
	for range long.Choose(40, 2000) {
		all, err := shapes.All()
		if err != nil {
			t.Fatal(err)
		}
		for _, shape := range all {
			for way, text := range shape.Texts() {
				shown, err := shown(text)
				if err != nil {
					refused++
				} else {
					taken++
				}
				if said := shape.Leaks(shown); said != "" {
					t.Errorf("%s, %s: %q is shown", shape.Name, way, said)
				}
			}
		}
	}
	t.Logf("%d texts were taken and %d refused", taken, refused)
	if taken == 0 || refused == 0 {
		t.Error("nothing was tried")
	}
}

// shown is what others see of a text: its names, or the error.
func shown(text string) ([]byte, error) {
	variables, err := Parse([]byte(text))
	if err != nil {
		return []byte(err.Error()), err
	}
	var names []string
	for _, v := range variables {
		names = append(names, v.Name)
	}
	return []byte(strings.Join(names, "\n")), nil
}

// Given texts that can be read in one way only, when they are parsed, then names stay names, however the texts are arranged.
func TestParse_NamesThatAreNames_Taken(t *testing.T) {
	for name, text := range map[string]string{
		"a variable without a value alone":          "EMPTY=\n",
		"one after another":                         "A=1\nB=\nC=\nD=2",
		"one after a token":                         "API_TOKEN=hf_abcdefGHIJKL0123456789\nHTTP_PROXY=\nPORT=\nDEBUG=1",
		"one after a token, in lower case":          "api_token=abcdefGHIJKL0123456789\nhttp.proxy.host=\nx=1",
		"one after a value in quotes":               "A='c2VjcmV0IHZhbHVlIHdpdGg='\nSomeSetting=\n",
		"a template, in capitals":                   "POSTGRES_PASSWORD=\nDATABASE_CONNECTION_STRING=\nAUTHORIZATION=\n",
		"a template, in words with capitals":        "clientName=\nConnectionStrings__Default=\"\"\nspring.datasource.url=\n",
		"names with digits":                         "OAuth2ClientSecretValue=1\nS3_BUCKET_2=x\nX509v3SubjectKeyId=y\nMYAPP2SECRETTOKEN1=z\n",
		"a value that ends with equals signs":       "A=c2VjcmV0IHZhbHVlIHdpdGgg==\nB=1",
		"a key of WireGuard":                        "PrivateKey = kOd3FVBggwpjD3AlZKXUxNTzJT0+f3MJdUdR8n6ZBn8=\nAddress=10.0.0.1\n",
		"only equals signs, in quotes":              `A="="`,
		"a name of a value in quotes, like a value": `A=hf_abcdefGHIJKL0123456789` + "\nOther=\"\"",
	} {
		if _, err := Parse([]byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Given a text that can be read in two ways, when it is parsed, then the error says where, and what to write.
func TestParse_ReadInTwoWays_RefusedWithWhatToWrite(t *testing.T) {
	for text, want := range map[string]string{
		"A=1\nKEY=c2VjcmV0IHZhbHVlIHdpdGg\nbG9uZ2Vy=\n":      "line 3, column 1: " + problemRest,
		"KEY=c2VjcmV0IHZhbHVlIHdpdGg\nbG9uZw==\n":            "line 2, column 1: " + problemRest,
		"KEY=1\nbG9uZw==\n":                                  "line 2, column 1: " + problemRest,
		"KEY=JBSWY3DPEHPK3PXPJBSWY3DP\nEHPK3PXPJBSWY3A=":     "line 2, column 1: " + problemRest,
		"# a secret\ncGFzc3dvcmQxMjM=":                       "line 2, column 1: " + problemScrambled,
		"bG9uZw=":                                            "line 1, column 1: " + problemAlone,
		"JBSWY3DPEHPK3PXP=":                                  "line 1, column 1: " + problemScrambled,
		"x=1\n\n  aB3dE5fG7hI9jK1lM3nO=1":                    "line 3, column 3: " + problemScrambled,
		"KEY=-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGBy=\n": "line 1, column 1: " + problemBlock,
	} {
		_, err := Parse([]byte(text))
		if e := (*Error)(nil); !errors.As(err, &e) || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
