package portal

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// provider is where a connection leads, and what its form asks for. No more is taken than a CloudConnection's spec takes.
type provider struct {
	Type, Name string
	fields     []connectionField
}

// connectionField is a field of the form.
type connectionField struct {
	Name, Label, Hint string
	Secret            bool // a credential: never shown again, also not when the form is refused
	Optional          bool
	form              func(string) bool
	wrong             string
	of                func(*store.Connection) *string // nil: it is a credential
}

var (
	bucketOf   = func(c *store.Connection) *string { return &c.Bucket }
	regionOf   = func(c *store.Connection) *string { return &c.Region }
	endpointOf = func(c *store.Connection) *string { return &c.Endpoint }

	bucketForm     = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]|[.][a-z0-9])*$`)
	regionForm     = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
	credentialForm = regexp.MustCompile(`^[^\r\n\x00]+$`)
)

func secretField(name, label string) connectionField {
	return connectionField{Name: name, Label: label, Secret: true, form: credentialForm.MatchString, wrong: "Write it in one line."}
}

// providers are in the order in which the page offers them.
var providers = []provider{
	{"AmazonS3", "Amazon S3", []connectionField{
		{Name: "bucket", Label: "Bucket", of: bucketOf, form: isBucket, wrong: "A bucket's name has 3 to 63 lower-case letters, digits, - and single dots."},
		{Name: "region", Label: "Region", Hint: "Such as eu-central-1.", of: regionOf, form: regionForm.MatchString, wrong: "A region has lower-case letters, digits and -."},
		{Name: "endpoint", Label: "Address of the provider", Hint: "Only where it is not Amazon's own: https://host, or https://host:port.", Optional: true, of: endpointOf,
			form: regexp.MustCompile(`^https://([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(:[1-9][0-9]{0,4})?$`).MatchString, wrong: "Write https://host or https://host:port."},
		secretField("accessKeyID", "Access key ID"), secretField("secretAccessKey", "Secret access key"),
	}},
	{"Backblaze", "Backblaze", []connectionField{
		{Name: "bucket", Label: "Bucket", of: bucketOf, form: regexp.MustCompile(`^[A-Za-z0-9-]{3,63}$`).MatchString, wrong: "A bucket's name has 3 to 63 letters, digits and -."},
		{Name: "region", Label: "Region", Hint: "Such as us-west-004.", of: regionOf, form: regionForm.MatchString, wrong: "A region has lower-case letters, digits and -."},
		secretField("keyID", "Key ID"), secretField("applicationKey", "Application key"),
	}},
	{"Dropbox", "Dropbox", []connectionField{
		secretField("refreshToken", "Refresh token"), secretField("appKey", "App key"), secretField("appSecret", "App secret"),
	}},
}

func isBucket(name string) bool {
	return len(name) >= 3 && len(name) <= 63 && bucketForm.MatchString(name) && !strings.HasSuffix(name, "-")
}

// providerOf finds one by its type.
func providerOf(kind string) (provider, bool) {
	n := slices.IndexFunc(providers, func(p provider) bool { return p.Type == kind })
	if n < 0 {
		return provider{}, false
	}
	return providers[n], true
}

// read makes a connection of what was typed, and says what is wrong with that.
func (p provider) read(typed url.Values) (want store.Connection, problems []problem) {
	want = store.Connection{Type: p.Type, DisplayName: strings.TrimSpace(typed.Get(nameField.Name)), Credentials: map[string]store.Secret{}}
	if want.DisplayName == "" {
		problems = append(problems, problem{nameField.Name, "Write a name, by which you know it again."})
	} else if wrong := nameField.wrong(want.DisplayName); wrong != nil {
		problems = append(problems, problem{nameField.Name, wrong})
	}
	for _, f := range p.fields {
		value := strings.TrimSpace(typed.Get(f.Name))
		if (!f.Optional || value != "") && !f.form(value) {
			problems = append(problems, problem{f.Name, f.wrong})
		}
		if f.of != nil {
			*f.of(&want) = value
		} else {
			want.Credentials[f.Name] = store.NewSecret([]byte(value))
		}
	}
	return want, problems
}

// nameField is what each connection is called by.
var nameField = field{Name: "displayName", Label: "Name", Type: "text", Complete: "off", Max: 128}
