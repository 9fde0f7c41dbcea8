package dns

// What messages are made of beside what core/zone knows. RFC 1035 section 4.1, RFC 6891 section 6.1, and the registry
// of DNS parameters.
const (
	headerBytes = 12
	flagQR      = 0x80 // in the third octet
	opcodeMask  = 0x78
	flagRD      = 0x01

	opcodeNotify = 4 << 3 // as the mask has it. RFC 1996
	flagAA       = 0x04   // in the third octet
	flagTC       = 0x02
	flagDO       = 0x80 // in the fifth octet of an OPT's fixed part
	pointerMask  = 0xc0

	minUDP     = 512       // the longest answer by UDP without EDNS. RFC 1035 section 4.2.1
	maxMessage = 1<<16 - 1 // by TCP

	optBytes    = 11            // of an OPT record without options. RFC 6891 section 6.1.2
	recordFixed = 2 + 2 + 4 + 2 // of a record between its owner and its RDATA
)

// Types that only messages have, and those of questions. RFC 6895 section 3.1.
const (
	typeOPT   uint16 = 41
	typeCSYNC uint16 = 62
	typeMeta  uint16 = 128 // the first of them
	typeTSIG  uint16 = 250
	typeIXFR  uint16 = 251
	typeAXFR  uint16 = 252
	typeLast  uint16 = 255 // of the meta types; ANY
)

// The outcomes that an answer names. RFC 1035 section 4.1.1, RFC 6891 section 9, RFC 7873 section 8.
const (
	rcodeSuccess        = 0
	rcodeFormatError    = 1
	rcodeServerFailure  = 2
	rcodeNameError      = 3
	rcodeNotImplemented = 4
	rcodeRefused        = 5
	rcodeBadVersion     = 16
	rcodeBadCookie      = 23
)

// Options of an OPT record.
const (
	optionNSID          uint16 = 3
	optionCookie        uint16 = 10
	optionKeepalive     uint16 = 11
	optionError         uint16 = 15
	optionReportChannel uint16 = 18
	optionZoneVersion   uint16 = 19
)

// Why an answer is an error, in more words than its code. RFC 8914 section 4.
const (
	errorNone             uint16 = 0xffff
	errorNotReady         uint16 = 14
	errorProhibited       uint16 = 18
	errorNotAuthoritative uint16 = 20
	errorNotSupported     uint16 = 21
)

// A transport is what carries a message; it bounds the answer.
type transport int

const (
	overUDP transport = iota
	overTCP
)
