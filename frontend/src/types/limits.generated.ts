// Written by scripts/generate-api.mjs from the OpenAPI document.

export const JOB_WRITE = {
  "name": {
    "type": "string",
    "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]*[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\s\\u00ad\\u034f\\u115f\\u1160\\u180e\\u200b-\\u200d\\u2060-\\u2065\\u206a-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0][^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]*$",
    "maxLength": 255
  },
  "description": {
    "type": "string",
    "maxLength": 20000,
    "default": ""
  },
  "priority": {
    "type": "integer",
    "maximum": 10,
    "minimum": 1,
    "default": 5
  },
  "scheduled_at": {
    "type": [
      "string",
      "null"
    ],
    "format": "date-time"
  },
  "tags": {
    "type": "array",
    "items": {
      "type": "string",
      "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]*[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\s\\u00ad\\u034f\\u115f\\u1160\\u180e\\u200b-\\u200d\\u2060-\\u2065\\u206a-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0][^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]*$",
      "maxLength": 64
    },
    "maxItems": 20
  },
  "command": {
    "type": "string",
    "maxLength": 65536,
    "default": "",
    "x-maxBytes": 65536
  },
  "environment": {
    "type": "object",
    "propertyNames": {
      "pattern": "^(?!JOBDECK_)[A-Za-z_][A-Za-z0-9_]{0,254}$"
    },
    "additionalProperties": {
      "type": "string",
      "maxLength": 32768
    },
    "maxProperties": 200,
    "x-maxBytes": 131072
  },
  "working_directory": {
    "oneOf": [
      {
        "type": "string",
        "pattern": "^/[^\\u0000-\\u001f\\u007f]*$",
        "maxLength": 4000
      },
      {
        "type": "string",
        "maxLength": 0
      }
    ],
    "default": ""
  },
  "resource_requirements": {
    "type": "object",
    "properties": {
      "cpus": {
        "type": "number",
        "format": "double",
        "maximum": 4096,
        "minimum": 0.01
      },
      "memory_mb": {
        "type": "integer",
        "maximum": 2147483647,
        "minimum": 1
      },
      "gpus": {
        "type": "integer",
        "maximum": 1024,
        "minimum": 0
      },
      "disk_mb": {
        "type": "integer",
        "maximum": 2147483647,
        "minimum": 0
      }
    },
    "additionalProperties": false
  },
  "queue": {
    "type": "string",
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "default": "default"
  },
  "executor": {
    "type": "string",
    "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]*$",
    "maxLength": 16,
    "default": "local"
  },
  "timeout": {
    "type": [
      "integer",
      "null"
    ],
    "maximum": 31622400,
    "minimum": 1
  },
  "max_attempts": {
    "type": "integer",
    "maximum": 100,
    "minimum": 1,
    "default": 1
  },
  "retry_delay": {
    "type": "integer",
    "maximum": 604800,
    "minimum": 0,
    "default": 10
  },
  "retry_on_lost": {
    "type": "boolean",
    "default": true
  },
  "depends_on": {
    "type": "array",
    "items": {
      "type": "object",
      "properties": {
        "job": {
          "type": "integer",
          "maximum": 9223372036854776000,
          "minimum": 1,
          "format": "int64"
        },
        "index": {
          "type": "integer",
          "maximum": 9999,
          "minimum": 0
        },
        "wants": {
          "type": "string",
          "enum": [
            "success",
            "failure",
            "end"
          ]
        }
      },
      "additionalProperties": false
    },
    "maxItems": 100
  }
} as const;

export const JOB_PATCH = {
  "name": {
    "type": "string",
    "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]*[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\s\\u00ad\\u034f\\u115f\\u1160\\u180e\\u200b-\\u200d\\u2060-\\u2065\\u206a-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0][^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]*$",
    "maxLength": 255
  },
  "description": {
    "type": "string",
    "maxLength": 20000
  },
  "priority": {
    "type": "integer",
    "maximum": 10,
    "minimum": 1
  },
  "scheduled_at": {
    "type": [
      "string",
      "null"
    ],
    "format": "date-time"
  },
  "tags": {
    "type": "array",
    "items": {
      "type": "string",
      "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]*[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\s\\u00ad\\u034f\\u115f\\u1160\\u180e\\u200b-\\u200d\\u2060-\\u2065\\u206a-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0][^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]*$",
      "maxLength": 64
    },
    "maxItems": 20
  },
  "status_type": {
    "allOf": [
      {
        "type": "string",
        "enum": [
          "PENDING",
          "RUNNING",
          "COMPLETED",
          "FAILED",
          "CANCELLED"
        ]
      }
    ]
  },
  "message": {
    "type": "string",
    "maxLength": 4000
  },
  "progress": {
    "type": [
      "integer",
      "null"
    ],
    "maximum": 100,
    "minimum": 0
  },
  "result_data": {},
  "error_message": {
    "type": "string",
    "maxLength": 65536
  },
  "lease": {
    "type": [
      "string",
      "null"
    ],
    "format": "uuid"
  }
} as const;
