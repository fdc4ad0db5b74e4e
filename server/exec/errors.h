#ifndef REDSTART_SERVER_EXEC_ERRORS_H_
#define REDSTART_SERVER_EXEC_ERRORS_H_

// Every fixed error text a client can see, with its code: the texts are part of compatibility
// (Redis 7.2). Texts with a variable part have a function here that makes them.

#include <string>
#include <string_view>

namespace redstart::error {

inline constexpr std::string_view kWrongType =
    "WRONGTYPE Operation against a key holding the wrong kind of value";
inline constexpr std::string_view kSyntax = "ERR syntax error";
inline constexpr std::string_view kNotInteger = "ERR value is not an integer or out of range";
inline constexpr std::string_view kInt32Range =
    "ERR value is out of range, value must between -2147483648 and 2147483647";
inline constexpr std::string_view kMustBePositive = "ERR value is out of range, must be positive";
inline constexpr std::string_view kNotFloat = "ERR value is not a valid float";
inline constexpr std::string_view kOverflow = "ERR increment or decrement would overflow";
inline constexpr std::string_view kDecrementOverflow = "ERR decrement would overflow";
inline constexpr std::string_view kNanOrInfinity = "ERR increment would produce NaN or Infinity";
inline constexpr std::string_view kOffsetRange = "ERR offset is out of range";
inline constexpr std::string_view kOutOfRange = "ERR index out of range";
inline constexpr std::string_view kStringTooLong =
    "ERR string exceeds maximum allowed size (proto-max-bulk-len)";
inline constexpr std::string_view kBitOffsetRange =
    "ERR bit offset is not an integer or out of range";
inline constexpr std::string_view kBitRange = "ERR bit is not an integer or out of range";
inline constexpr std::string_view kBitIsNoBit = "ERR The bit argument must be 1 or 0.";
inline constexpr std::string_view kBitOpNotSources =
    "ERR BITOP NOT must be called with a single source key.";
inline constexpr std::string_view kBitFieldType =
    "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 "
    "is.";
inline constexpr std::string_view kBitFieldOverflow = "ERR Invalid OVERFLOW type specified";
inline constexpr std::string_view kBitFieldReadOnly =
    "ERR BITFIELD_RO only supports the GET subcommand";
inline constexpr std::string_view kNotHyperLogLog =
    "WRONGTYPE Key is not a valid HyperLogLog string value.";
inline constexpr std::string_view kCorruptHyperLogLog = "INVALIDOBJ Corrupted HLL object detected";
inline constexpr std::string_view kHyperLogLogNotSparse = "ERR HLL encoding is not sparse";
inline constexpr std::string_view kSpecifiedKeyMissing = "ERR The specified key does not exist";
inline constexpr std::string_view kNoSuchKey = "ERR no such key";
inline constexpr std::string_view kDatabaseRange = "ERR DB index is out of range";
inline constexpr std::string_view kInvalidFirstDatabase = "ERR invalid first DB index";
inline constexpr std::string_view kInvalidSecondDatabase = "ERR invalid second DB index";
inline constexpr std::string_view kInvalidDatabase = "ERR invalid DB index";
inline constexpr std::string_view kInvalidCursor = "ERR invalid cursor";
inline constexpr std::string_view kNoValuesNeedsHash =
    "ERR NOVALUES option can only be used in HSCAN";
inline constexpr std::string_view kHashValueNotInteger = "ERR hash value is not an integer";
inline constexpr std::string_view kHashValueNotFloat = "ERR hash value is not a float";
inline constexpr std::string_view kNanOrInfinityGiven = "ERR value is NaN or Infinity";
inline constexpr std::string_view kFieldTimeNegative = "ERR invalid expire time, must be >= 0";
inline constexpr std::string_view kFieldsMissing =
    "ERR Mandatory argument FIELDS is missing or not at the right position";
// What the commands say that set deadlines of fields, the other ones, and HSETEX.
inline constexpr std::string_view kFieldCountToExpire =
    "ERR Parameter `numFields` should be greater than 0";
inline constexpr std::string_view kFieldCountPositive =
    "ERR Number of fields must be a positive integer";
inline constexpr std::string_view kFieldCountInvalid = "ERR invalid number of fields";
inline constexpr std::string_view kFieldCountMismatch =
    "ERR The `numfields` parameter must match the number of arguments";
inline constexpr std::string_view kFieldConditionTwice =
    "ERR Only one of FXX or FNX arguments can be specified";
inline constexpr std::string_view kFieldTimeTwice =
    "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified";
inline constexpr std::string_view kFieldTimeMissing = "ERR missing expire time";
inline constexpr std::string_view kValueRange = "ERR value is out of range";
// What a count says that may be anything but the smallest number there is.
inline constexpr std::string_view kCountRange =
    "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807";
inline constexpr std::string_view kKeyCountPositive = "ERR numkeys should be greater than 0";
inline constexpr std::string_view kKeyCountArgs =
    "ERR Number of keys can't be greater than number of args";
inline constexpr std::string_view kLimitNegative = "ERR LIMIT can't be negative";
inline constexpr std::string_view kCountPositive = "ERR count should be greater than 0";
inline constexpr std::string_view kAddXxAndNx =
    "ERR XX and NX options at the same time are not compatible";
inline constexpr std::string_view kAddGtLtNx =
    "ERR GT, LT, and/or NX options at the same time are not compatible";
inline constexpr std::string_view kAddIncrementsOne =
    "ERR INCR option supports a single increment-element pair";
inline constexpr std::string_view kScoreNan = "ERR resulting score is not a number (NaN)";
inline constexpr std::string_view kScoreLimit = "ERR min or max is not a float";
inline constexpr std::string_view kMemberLimit = "ERR min or max not valid string range item";
inline constexpr std::string_view kLimitWithRanks =
    "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX";
inline constexpr std::string_view kScoresWithLex =
    "ERR syntax error, WITHSCORES not supported in combination with BYLEX";
inline constexpr std::string_view kWeightNotFloat = "ERR weight value is not a float";
inline constexpr std::string_view kGeoUnit =
    "ERR unsupported unit provided. please use M, KM, FT, MI";
inline constexpr std::string_view kGeoRadius = "ERR need numeric radius";
inline constexpr std::string_view kGeoRadiusNegative = "ERR radius cannot be negative";
inline constexpr std::string_view kGeoWidth = "ERR need numeric width";
inline constexpr std::string_view kGeoHeight = "ERR need numeric height";
inline constexpr std::string_view kGeoBoxNegative = "ERR height or width cannot be negative";
inline constexpr std::string_view kGeoNoMember = "ERR could not decode requested zset member";
inline constexpr std::string_view kGeoCount = "ERR COUNT must be > 0";
inline constexpr std::string_view kGeoAnyCount = "ERR the ANY argument requires COUNT argument";
inline constexpr std::string_view kSortByInCluster =
    "ERR BY option of SORT denied in Cluster mode.";
inline constexpr std::string_view kSortGetInCluster =
    "ERR GET option of SORT denied in Cluster mode.";
inline constexpr std::string_view kSortNotNumbers =
    "ERR One or more scores can't be converted into double";
inline constexpr std::string_view kSameObject = "ERR source and destination objects are the same";
inline constexpr std::string_view kDeadlineNxConflict =
    "ERR NX and XX, GT or LT options at the same time are not compatible";
inline constexpr std::string_view kDeadlineGtLtConflict =
    "ERR GT and LT options at the same time are not compatible";
inline constexpr std::string_view kMoveInCluster = "ERR MOVE is not allowed in cluster mode";
inline constexpr std::string_view kCopyInCluster =
    "ERR Copying to another database is not allowed in cluster mode";
inline constexpr std::string_view kSwapInCluster = "ERR SWAPDB is not allowed in cluster mode";
inline constexpr std::string_view kBusyKey = "BUSYKEY Target key name already exists.";
inline constexpr std::string_view kBadPayload = "ERR DUMP payload version or checksum are wrong";
inline constexpr std::string_view kBadFormat = "ERR Bad data format";
inline constexpr std::string_view kInvalidTtl = "ERR Invalid TTL value, must be >= 0";
inline constexpr std::string_view kInvalidIdleTime = "ERR Invalid IDLETIME value, must be >= 0";
inline constexpr std::string_view kInvalidFrequency =
    "ERR Invalid FREQ value, must be >= 0 and <= 255";
inline constexpr std::string_view kIdleTimeNotTracked =
    "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when "
    "switching between policies at runtime LRU and LFU data will take some time to adjust.";
inline constexpr std::string_view kFrequencyNotTracked =
    "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that "
    "when switching between policies at runtime LRU and LFU data will take some time to adjust.";
inline constexpr std::string_view kLcsNeedsStrings =
    "ERR The specified keys must contain string values";
inline constexpr std::string_view kLcsLengthAndIndexes =
    "ERR If you want both the length and indexes, please just use IDX.";
inline constexpr std::string_view kLcsTooLong = "ERR String too long for LCS";
inline constexpr std::string_view kLcsMemory =
    "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len";
inline constexpr std::string_view kNoAuth = "NOAUTH Authentication required.";
inline constexpr std::string_view kWrongPassword =
    "WRONGPASS invalid username-password pair or user is disabled.";
inline constexpr std::string_view kBadClientName =
    "ERR Client names cannot contain spaces, newlines or special characters.";
inline constexpr std::string_view kLoading = "LOADING Redis is loading the dataset in memory";
inline constexpr std::string_view kMisconf =
    "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to "
    "disk. Commands that may modify the data set are disabled, because this instance is configured "
    "to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error "
    "option). "
    "Please check the Redis logs for details about the RDB error.";
inline constexpr std::string_view kSaveInProgress = "ERR Background save already in progress";
inline constexpr std::string_view kOutOfMemory =
    "OOM command not allowed when used memory > 'maxmemory'.";
inline constexpr std::string_view kTimeoutNotInteger =
    "ERR timeout is not an integer or out of range";
inline constexpr std::string_view kTimeoutNegative = "ERR timeout is negative";
inline constexpr std::string_view kTimeoutRange = "ERR timeout is out of range";
inline constexpr std::string_view kExecAbort =
    "EXECABORT Transaction discarded because of previous errors.";
inline constexpr std::string_view kNotInTransaction =
    "ERR Command not allowed inside a transaction";

// As much of what a client sent as errors repeat: up to `limit` bytes, and up to the first zero
// byte.
std::string_view Quotable(std::string_view argument, size_t limit = 128);
// "ERR wrong number of arguments for 'set' command"; `full_name` in small letters, "client|kill"
// for a subcommand.
std::string WrongArity(std::string_view full_name);
// "ERR invalid expire time in 'set' command".
std::string InvalidExpire(std::string_view full_name);
// "ERR at least 1 input key is needed for 'zunion' command".
std::string NoInputKeys(std::string_view full_name);
// "ERR unknown subcommand 'x'. Try CLIENT HELP."
std::string UnknownSubcommand(std::string_view subcommand, std::string_view command);
// "ERR unknown subcommand or wrong number of arguments for 'x'. Try CLIENT HELP.": what commands
// say that look at their subcommands themselves.
std::string UnknownSubcommandOrArity(std::string_view subcommand, std::string_view command);

}  // namespace redstart::error

#endif  // REDSTART_SERVER_EXEC_ERRORS_H_
