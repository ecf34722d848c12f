package probe

import (
	"net/url"
	"regexp"
	"strings"
)

// hosts are all that a connection without an endpoint of its own can reach; * is the region.
var hosts = struct{ amazon, amazonChina, backblaze, dropbox string }{
	amazon:      "s3.*.amazonaws.com",
	amazonChina: "s3.*.amazonaws.com.cn",
	backblaze:   "s3.*.backblazeb2.com",
	dropbox:     "api.dropboxapi.com",
}

// region is one label of a host's name, so that none can lead to another domain.
var region = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

// host is the provider's own, or the endpoint's; "" when the target may name none such.
func (t Target) host() string {
	switch {
	case t.Provider == Dropbox:
		return hosts.dropbox
	case !region.MatchString(t.Region):
		return ""
	case t.Provider == Backblaze:
		return strings.Replace(hosts.backblaze, "*", t.Region, 1)
	case t.Endpoint != "":
		return endpointHost(t.Endpoint)
	case strings.HasPrefix(t.Region, "cn-"):
		return strings.Replace(hosts.amazonChina, "*", t.Region, 1)
	default:
		return strings.Replace(hosts.amazon, "*", t.Region, 1)
	}
}

// endpointHost takes nothing but https, a host and a port.
func endpointHost(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || endpoint != "https://"+u.Host {
		return ""
	}
	return strings.ToLower(u.Host)
}
