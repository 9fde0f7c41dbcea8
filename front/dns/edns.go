package dns

import (
	"encoding/binary"
	"time"

	"example.org/dorado/core/zone"
)

// maxOptions is the length of all options that an answer can have, in octets: NSID and what it reports to are bounded by
// MaxNSID and by names.
const maxOptions = 4 + cookieBytes + 4 + MaxNSID + 4 + 6 + 4 + 2 + 4 + 2

// MaxNSID is how many octets of NSID there may be, so that they do not push records out of answers.
const MaxNSID = 64

// appendOptions appends what the sender asked for, whatever the outcome. RFC 7873 section 5.2, RFC 5001, RFC 7828.
func (d *desk) appendOptions(to []byte) []byte {
	q := &d.request
	if q.cookie != nil {
		to = append(to, 0, byte(optionCookie), 0, cookieBytes)
		if d.fresh {
			to = append(to, q.cookie...)
		} else {
			to = d.jar.append(to, q.cookie, d.from, d.now)
		}
	}
	if q.wants&wantsNSID != 0 && d.options.NSID != "" {
		to = append(to, 0, byte(optionNSID), 0, byte(len(d.options.NSID)))
		to = append(to, d.options.NSID...)
	}
	if q.wants&wantsKeepalive != 0 && d.over == overTCP {
		tenths := min(d.idle/(100*time.Millisecond), 1<<16-1)
		to = append(to, 0, byte(optionKeepalive), 0, 2, byte(tenths>>8), byte(tenths))
	}
	return to
}

// appendZoneVersion appends the serial of the zone that answers. RFC 9660 section 2.
func (o Options) appendZoneVersion(to []byte, q *request, v *zone.Version) []byte {
	if q.wants&wantsZoneVersion == 0 {
		return to
	}
	const soaSerial = 0
	to = append(to, 0, byte(optionZoneVersion), 0, 6, byte(v.Origin().Labels()), soaSerial)
	return binary.BigEndian.AppendUint32(to, v.Serial())
}

// optLength returns how long the OPT record with these options is; 0 if there will be none.
func (d *desk) optLength(options []byte) int {
	if !d.request.edns {
		return 0
	}
	return optBytes + len(options)
}

// appendOPT answers an OPT with ours: our size, version 0, the DO bit as it was, and options. An answer of a zone also
// says where to report errors, if there is room for that. RFC 6891 section 6.1, RFC 3225 section 3.
func (d *desk) appendOPT(options []byte, reports bool) {
	q := &d.request
	if !q.edns {
		return
	}
	var do byte
	if q.dnssec {
		do = flagDO
	}
	d.out = append(d.out, 0, 0, byte(typeOPT), byte(d.size>>8), byte(d.size), 0, 0, do, 0, 0, 0)
	start := len(d.out)
	d.out = append(d.out, options...)
	if to := d.options.ReportTo; reports && d.reportable(to) && len(d.out)+4+len(to) <= d.limit {
		d.out = append(d.out, 0, byte(optionReportChannel), 0, byte(len(to)))
		d.out = append(d.out, to...)
	}
	binary.BigEndian.PutUint16(d.out[start-2:], uint16(len(d.out)-start))
	d.raise(sectionAdditional, 1)
}

// reportable reports whether an answer says where to report to: not one to a report, which would go round in circles.
// RFC 9567 section 7.
func (d *desk) reportable(to zone.Name) bool {
	name := d.request.name
	return to != "" && !(len(name) >= len(to) && string(name[len(name)-len(to):]) == string(to))
}

// extend puts the upper bits of an outcome into the OPT, which ends the message and has options that were counted.
func (d *desk) extend(rcode int) {
	if !d.request.edns {
		return
	}
	at := d.request.end // the OPT is the only record of such an answer
	d.out[at+5] = byte(rcode >> 4)
}
