export { BICUBIC_REACH, bicubicLatentKernel } from "./bicubic-latent.ts";
export type { ByteFile, ByteSource } from "./bytes/byte-file.ts";
export { type ByteSink, type MemorySink, sinkInMemory } from "./bytes/byte-sink.ts";
export { crc32 } from "./bytes/crc32.ts";
export { fileInMemory, fileOfBlob, fileOfResponse } from "./bytes/files-anywhere.ts";
export { readWhole } from "./bytes/read-bytes.ts";
export {
  type Checkpoint,
  type CheckpointEntry,
  type CheckpointError,
  type CheckpointFormat,
  openCheckpoint,
  type TensorGroup,
} from "./checkpoint/checkpoint.ts";
export type { TensorDtype } from "./checkpoint/dtypes.ts";
export { mainGroup } from "./checkpoint/groups.ts";
export { type DescribedModel, describeModel, factorOf } from "./described-model.ts";
export {
  type FileUnreadable,
  type FileUnwritable,
  fileUnreadable,
  fileUnwritable,
  type InvalidCheckpoint,
  type InvalidDescription,
  type InvalidSafetensors,
  type Mismatch,
  type MissingTensor,
  type ModelError,
  type RefusedCode,
  type UnknownGroup,
  type UnknownModel,
  type ValueOutOfRange,
  type WeightsMismatch,
} from "./errors.ts";
export {
  type FeatureFileError,
  type FeatureWeights,
  readFeatureNetwork,
} from "./features/read-feature-network.ts";
export { type FinishedTile, type FinishedTiles, placeTile } from "./finished-tiles.ts";
export {
  type Architecture,
  type InferenceOptions,
  inferArchitecture,
  tensorsOf,
  type UnknownArchitecture,
} from "./inference/architecture.ts";
export {
  type CheckpointContent,
  type ContentOptions,
  type ContentTensor,
  checkpointContent,
} from "./inference/checkpoint-content.ts";
export { featureNetworkOf, linearParameters, type UnknownFeatures } from "./inference/feature-network.ts";
export { latentOfPixels, pixelsOfLatent } from "./latent.ts";
export { around, convolution, dense, groupNormalization, type Layer } from "./layers.ts";
export {
  type Computation,
  type Lifetimes,
  lifetimesOf,
  lifetimesOfComputation,
  lifetimesOfLayer,
  releasingAlgebra,
} from "./lifetimes.ts";
export { type CannotMix, mixWeights } from "./mix-weights.ts";
export {
  checkModel,
  DESCRIPTION_FILE,
  type Model,
  type ModelFiles,
  networkOf,
  parseDescription,
  readDescription,
  readModel,
  readSmallModel,
  type SaveOptions,
  type SmallModel,
  WEIGHTS_FILE,
  writeDescription,
  writeModelWeights,
} from "./model.ts";
export {
  decodeDescription,
  MODEL_FORMAT,
  type ModelDescription,
  type SpaceToDepthLatent,
} from "./model-description.ts";
export { nearestName } from "./nearest-name.ts";
export { readVqAutoencoderConfig } from "./networks/autoencoder/authors-record.ts";
export { type VqAutoencoder, vqAutoencoder } from "./networks/autoencoder/autoencoder.ts";
export {
  downsamplingFactor,
  type VqAutoencoderConfig,
  vqF4,
  vqF8Face,
} from "./networks/autoencoder/config.ts";
export {
  type DecodeOptions,
  type OpenAutoencoder,
  openAutoencoder,
} from "./networks/autoencoder/open-autoencoder.ts";
export { straightThrough, type VqQuantiser } from "./networks/autoencoder/quantiser.ts";
export { isBuffer } from "./networks/buffers.ts";
export { type Condition, conditionChannels, conditionOf } from "./networks/condition.ts";
export {
  type Discriminator,
  type DiscriminatorConfig,
  type DiscriminatorInputs,
  discriminator,
  HEAD_SPAN,
} from "./networks/discriminator.ts";
export { type ChannelWeights, featureDifferences, featureDistance } from "./networks/features/distance.ts";
export {
  EFFICIENTNET_PHASES,
  efficientNetFeatures,
  efficientNetLite0,
  efficientNetParameters,
  type Phase,
} from "./networks/features/efficientnet.ts";
export {
  type FeatureNetwork,
  type FixedTensor,
  tensorsOfFeatureNetwork,
} from "./networks/features/feature-network.ts";
export { alexNet, vgg16 } from "./networks/features/torchvision.ts";
export type { ConditionedNetwork, Encoder, NetworkInputs } from "./networks/network.ts";
export type { PictureNetwork } from "./networks/picture-network.ts";
export { asLayer, type PictureNetworkConfig, pictureNetwork } from "./networks/picture-networks.ts";
export { featureReader, predictor } from "./networks/predictor.ts";
export {
  faceUNet,
  type PublishedModel,
  type PublishedName,
  publishedModels,
  realWorldUNet,
} from "./networks/published.ts";
export { type PublishedPictureName, publishedPictureNetworks } from "./networks/published-pictures.ts";
export { readsNoise } from "./networks/reads-noise.ts";
export { type ResidualUNetConfig, residualUNet } from "./networks/residual-unet.ts";
export { type RrdbConfig, rrdb } from "./networks/rrdb.ts";
export { type SmallNetworkConfig, smallNetwork } from "./networks/small-network.ts";
export { type SrvggConfig, srvgg } from "./networks/srvgg.ts";
export { NOISY_INPUT, STACK_SLOPE, type StackConfig, stack } from "./networks/stack.ts";
export { swinUNet } from "./networks/swin-unet.ts";
export {
  checkSwinUNetConfig,
  type InvalidNetworkConfig,
  type SwinConfig,
  type SwinUNetConfig,
  swinUNetConfigOf,
} from "./networks/swin-unet-config.ts";
export type { FloatType } from "./number-formats.ts";
export {
  adaptiveNormalisation,
  COLOUR_CORRECTIONS,
  type ColourCorrection,
  waveletCorrection,
} from "./paper/colour-correction.ts";
export type { PaperModelError } from "./paper/errors.ts";
export {
  decodePaperDescription,
  type PaperDescription,
  SAMPLERS,
  type SamplerName,
} from "./paper/paper-description.ts";
export {
  AUTOENCODER_FILE,
  describeNetworkFile,
  describePaperFiles,
  type PaperFiles,
  type PaperModel,
  type PaperModelOptions,
  publishedLike,
} from "./paper/paper-model.ts";
export { AUTHORS_TILE, checkPaperOptions, type PaperUpscaleOptions } from "./paper/paper-options.ts";
export { openPaperUpscaler, type PaperUpscaler } from "./paper/paper-upscaler.ts";
export { TILES } from "./paper/tiles.ts";
export {
  architectureOf,
  forEachWeight,
  type WeightSource,
  type WeightSourceError,
} from "./paper/weight-source.ts";
export { initialWeights, type ParameterSpec, parameter, parameterCount } from "./parameters.ts";
export {
  COLOURS,
  type FloatRaster,
  type Picture,
  type Raster,
  type Rectangle,
  type Size,
} from "./picture.ts";
export { pictureField } from "./pictures/picture-field.ts";
export {
  describePictureFile,
  type MixedFile,
  type PictureModel,
  pictureModelName,
} from "./pictures/picture-model.ts";
export {
  openPictureUpscaler,
  type PictureUpscaleOptions,
  type PictureUpscaler,
} from "./pictures/picture-upscaler.ts";
export { printable, quoted } from "./quoted.ts";
export { type RandomFile, randomFiles, randomWeight, writeRandomWeights } from "./random-weights.ts";
export { type ReceptiveField, receptiveField, receptiveFieldOfPictures } from "./receptive-field.ts";
export { bicubicResize } from "./resize.ts";
export {
  openSafetensors,
  readSafetensors,
  readTensors,
  type SafetensorsContent,
  type SafetensorsError,
  type SafetensorsFile,
  type WriteOptions,
  writeSafetensors,
} from "./safetensors.ts";
export type { SafetensorsHeader, StoredType, TensorEntry } from "./safetensors-header.ts";
export { paddedSize, planTiles, type Tile, type TilingOptions } from "./tiling.ts";
export { openSmallUpscaler, type SmallUpscaler, upscale } from "./upscale.ts";
export {
  checkPicture,
  checkSmallOptions,
  checkTile,
  DEFAULT_TILE,
  type UpscaleError,
  type UpscaleOptions,
} from "./upscale-options.ts";
export {
  type ConvertError,
  type Converted,
  type ConvertOptions,
  convertWeights,
} from "./weight-writer/convert-weights.ts";
export type { StreamedTensor } from "./weight-writer/streamed-tensor.ts";
export { type WeightFormat, weightFormatOf } from "./weight-writer/weight-format.ts";
export { type WriteWeightsOptions, writeWeights } from "./weight-writer/write-weights.ts";
export {
  checkWeights,
  type HostWeights,
  type ReadWeightsOptions,
  readWeights,
  uploadWeights,
} from "./weights.ts";
